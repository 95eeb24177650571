namespace QLearning.Abstractions;

/// <summary>The pattern has no live row of the agent type in <c>patterns</c>. Nothing was changed.</summary>
[GenerateSerializer]
[Alias("QLearning.UnknownPattern")]
public class UnknownPatternException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public UnknownPatternException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public UnknownPatternException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public UnknownPatternException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says which pattern is unknown.</summary>
    /// <param name="pattern">What was asked for.</param>
    public static UnknownPatternException For(object pattern) => new(
        $"The pattern '{pattern}' is not known. Allowed: a stored pattern of the agent type that has not expired.");
}
