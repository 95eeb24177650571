namespace QLearning.Abstractions;

/// <summary>The base of every error a caller can meet. The message says what was wrong, with which value, and what is allowed.</summary>
[GenerateSerializer]
[Alias("QLearning.Error")]
public class QLearningException : Exception
{
    /// <summary>An error without a message.</summary>
    public QLearningException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public QLearningException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public QLearningException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
