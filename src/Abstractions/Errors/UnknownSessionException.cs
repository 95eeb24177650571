namespace QLearning.Abstractions;

/// <summary>The session has no row in <c>sessions</c>. Nothing was changed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.UnknownSession")]
public class UnknownSessionException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>Says which session is unknown.</summary>
    /// <param name="session">What was asked for.</param>
    public static UnknownSessionException For(Guid session) =>
        new($"The session '{session}' is not known. Allowed: the id of a session that was started.");
}
