namespace QLearning.Abstractions;

/// <summary>PostgreSQL could not be reached or refused the work, and the call cannot be answered from memory. Nothing was changed; call again later.</summary>
[GenerateSerializer]
[Alias("QLearning.StorageUnavailable")]
public class StorageUnavailableException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public StorageUnavailableException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public StorageUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public StorageUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
