namespace QLearning.Abstractions;

/// <summary>No silo answered in time. For a read nothing was changed; an update may have taken effect.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.ClusterUnavailable")]
public class ClusterUnavailableException(string message, Exception? innerException = null) : QLearningException(message, innerException);
