namespace QLearning.Abstractions;

/// <summary>The database lacks migrations that this program needs. Nothing was changed; run <c>qlearn db migrate</c>.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.DatabaseOutdated")]
public class DatabaseOutdatedException(string message, Exception? innerException = null) : QLearningException(message, innerException);
