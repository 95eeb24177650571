namespace QLearning.Abstractions;

/// <summary>
/// PostgreSQL refused a migration. That migration changed nothing; those before it are applied and stay. The cause is the error of
/// PostgreSQL.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.MigrationFailed")]
public class MigrationFailedException(string message, Exception? innerException = null) : QLearningException(message, innerException);
