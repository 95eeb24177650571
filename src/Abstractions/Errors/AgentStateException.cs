namespace QLearning.Abstractions;

/// <summary>The agent is in no state for the call: paused, in error, or in another episode. Nothing was changed.</summary>
[GenerateSerializer]
[Alias("QLearning.AgentState")]
public class AgentStateException : QLearningException
{
    /// <summary>An error without a message.</summary>
    public AgentStateException()
    {
    }

    /// <summary>An error.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    public AgentStateException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What was wrong, which value, what is allowed.</param>
    /// <param name="innerException">The cause.</param>
    public AgentStateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says why the agent refuses.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="problem">What state it is in.</param>
    /// <param name="allowed">What can be done.</param>
    public static AgentStateException For(AgentKey agent, string problem, string allowed) =>
        new($"The agent '{agent}' {problem}. Allowed: {allowed}.");
}
