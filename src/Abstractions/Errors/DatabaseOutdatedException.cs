namespace QLearning.Abstractions;

/// <summary>The database lacks migrations that this program needs. Nothing was changed; run <c>qlearn db migrate</c>.</summary>
[GenerateSerializer]
[Alias("QLearning.DatabaseOutdated")]
public class DatabaseOutdatedException : QLearningException
{
    /// <summary>The database lacks migrations that this program needs. Nothing was changed; run <c>qlearn db migrate</c>.</summary>
    public DatabaseOutdatedException()
    {
    }

    /// <summary>The database lacks migrations that this program needs. Nothing was changed; run <c>qlearn db migrate</c>.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public DatabaseOutdatedException(string message)
        : base(message)
    {
    }

    /// <summary>The database lacks migrations that this program needs. Nothing was changed; run <c>qlearn db migrate</c>.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public DatabaseOutdatedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
