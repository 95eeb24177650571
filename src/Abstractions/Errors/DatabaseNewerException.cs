namespace QLearning.Abstractions;

/// <summary>The database was migrated by a newer version of the program than this one. Nothing was changed; run that version or a later one.</summary>
[GenerateSerializer]
[Alias("QLearning.DatabaseNewer")]
public class DatabaseNewerException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public DatabaseNewerException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public DatabaseNewerException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public DatabaseNewerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
