namespace QLearning.Abstractions;

/// <summary>The agent type is not registered in <c>agent_types</c>. Nothing was changed.</summary>
/// <param name="message">What was wrong, which value, what is allowed.</param>
/// <param name="innerException">The cause.</param>
[GenerateSerializer]
[Alias("QLearning.UnknownAgentType")]
public class UnknownAgentTypeException(string message, Exception? innerException = null) : QLearningException(message, innerException)
{
    /// <summary>Says which agent type is unknown.</summary>
    /// <param name="agentType">The name that was asked for.</param>
    public static UnknownAgentTypeException For(string agentType) =>
        new($"The agent type '{agentType}' is not registered. Allowed: a name from the table agent_types; 'qlearn status' lists them.");
}
