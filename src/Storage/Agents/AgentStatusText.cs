using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>An agent's status as <c>agent_states.status</c> holds it.</summary>
internal static class AgentStatusText
{
    public static string Of(AgentStatus status) => status switch
    {
        AgentStatus.Idle => "idle",
        AgentStatus.Active => "active",
        AgentStatus.Learning => "learning",
        AgentStatus.Paused => "paused",
        AgentStatus.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown."),
    };

    public static AgentStatus Parse(string text) => Enum.Parse<AgentStatus>(text, ignoreCase: true);
}
