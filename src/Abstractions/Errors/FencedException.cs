namespace QLearning.Abstractions;

/// <summary>
/// The grain that answered has lost the ownership of its rows to a newer activation, or gives it up since its silo stops. Call again: the
/// next owner answers, and knows by the numbers of updates which of them were stored.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.Fenced")]
public class FencedException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>True when the grain learned nothing of the call; else it may have learned its updates, and even stored them.</summary>
    [Id(0)]
    public bool IsBeforeLearning { get; init; }
}
