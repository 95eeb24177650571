namespace QLearning.Abstractions;

/// <summary>The base of every error a caller can meet. The message says what was wrong, with which value, and what is allowed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.Error")]
public class QLearningException(string message, Exception? innerException = null) : Exception(message, innerException);
