namespace QLearning.Abstractions;

/// <summary>No silo answered in time. For a read nothing was changed; an update may have taken effect.</summary>
[GenerateSerializer]
[Alias("QLearning.ClusterUnavailable")]
public class ClusterUnavailableException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public ClusterUnavailableException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public ClusterUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public ClusterUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
