namespace QLearning.Abstractions;

/// <summary>
/// PostgreSQL could not be reached or refused the work, and the call cannot be answered from memory. Nothing was changed; call again later.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.StorageUnavailable")]
public class StorageUnavailableException(string message, Exception? innerException = null) : QLearningException(message, innerException);
