namespace QLearning.Abstractions;

/// <summary>
/// The agent's running episode went with the silo that had it. What was learned in it stays; no trajectory of it is stored.
/// </summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.EpisodeLost")]
public class EpisodeLostException(string message, Exception? innerException = null) : AgentStateException(message, innerException)
{
    /// <summary>Says which episode is not here.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="episode">The episode.</param>
    public static EpisodeLostException For(AgentKey agent, Guid episode) => new(
        $"The agent '{agent}' has no running episode '{episode}'. Allowed: the running episode; one begins with its first action, "
        + "and one that was lost with its silo can be restored.");
}
