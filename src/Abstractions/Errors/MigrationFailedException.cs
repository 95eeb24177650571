namespace QLearning.Abstractions;

/// <summary>PostgreSQL refused a migration. That migration changed nothing; those before it are applied and stay. The cause is the error of PostgreSQL.</summary>
[GenerateSerializer]
[Alias("QLearning.MigrationFailed")]
public class MigrationFailedException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public MigrationFailedException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public MigrationFailedException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public MigrationFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
