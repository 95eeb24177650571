namespace QLearning.Abstractions;

/// <summary>The pattern has no live row of the agent type in <c>patterns</c>. Nothing was changed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.UnknownPattern")]
public class UnknownPatternException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>Says which pattern is unknown.</summary>
    /// <param name="pattern">What was asked for.</param>
    public static UnknownPatternException For(object pattern) => new(
        $"The pattern '{pattern}' is not known. Allowed: a stored pattern of the agent type that has not expired.");
}
