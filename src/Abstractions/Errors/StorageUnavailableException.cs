namespace QLearning.Abstractions;

/// <summary>
/// PostgreSQL could not be reached or refused the work, and the call cannot be answered from memory. Nothing was changed; call again later.
/// Of a durable update it may also say that it was learned and is not stored yet, see <see cref="IsLearned"/>.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.StorageUnavailable")]
public class StorageUnavailableException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>
    /// True when the updates of the call were learned, and are not durable yet: they count, and would count again if they were sent in a
    /// new call. The client keeps them until PostgreSQL has them, unless it was told to resend nothing. Only a step of an agent is to be
    /// reported again: it has its number still.
    /// </summary>
    [Id(0)]
    public bool IsLearned { get; init; }
}
