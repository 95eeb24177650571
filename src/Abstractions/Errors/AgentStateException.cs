namespace QLearning.Abstractions;

/// <summary>The agent is in no state for the call: paused, in error, or in another episode. Nothing was changed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.AgentState")]
public class AgentStateException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>Says why the agent refuses.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="problem">What state it is in.</param>
    /// <param name="allowed">What can be done.</param>
    public static AgentStateException For(AgentKey agent, string problem, string allowed) =>
        new($"The agent '{agent}' {problem}. Allowed: {allowed}.");
}
