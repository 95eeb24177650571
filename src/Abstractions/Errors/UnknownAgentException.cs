namespace QLearning.Abstractions;

/// <summary>The agent has no row in <c>agent_states</c>: it was neither registered nor has it acted. Nothing was changed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.UnknownAgent")]
public class UnknownAgentException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>Says which agent is unknown.</summary>
    /// <param name="agent">What was asked for.</param>
    public static UnknownAgentException For(string agent) =>
        new($"The agent '{agent}' is not known. Allowed: an agent that was registered or has acted.");
}
