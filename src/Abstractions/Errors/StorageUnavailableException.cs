namespace QLearning.Abstractions;

/// <summary>
/// PostgreSQL could not be reached or refused the work, and the call cannot be answered from memory. Nothing was changed, call again later,
/// unless it says that an update was learned and is not stored yet (<see cref="IsLearned"/>), or that a statement may have been carried out
/// whose answer was lost (<see cref="MayHaveTakenEffect"/>).
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

    /// <summary>
    /// True when the connection was lost before PostgreSQL answered a statement that writes: it may have been carried out. Calling again is
    /// safe with the same id where what is written has one (sessions, patterns, uses of patterns, trajectories, late rewards), and where
    /// the call says what is to be (settings, ends, deletions).
    /// </summary>
    [Id(1)]
    public bool MayHaveTakenEffect { get; init; }
}
