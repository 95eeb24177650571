namespace QLearning.Abstractions;

/// <summary>The grain that answered had lost the ownership of its rows to a newer activation; none of what it had not yet flushed was written. Call again: the new owner answers.</summary>
[GenerateSerializer]
[Alias("QLearning.Fenced")]
public class FencedException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public FencedException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public FencedException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public FencedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
