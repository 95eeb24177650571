using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>An agent's status as <c>agent_states.status</c> holds it.</summary>
internal static class AgentStatusText
{
    /// <summary>
    /// The column as SQL reads it: an adopted table may hold other texts. They count as idle, the status that stops no agent and that the
    /// next one replaces.
    /// </summary>
    public const string Column = """
        case when lower(status) in ('idle', 'active', 'learning', 'paused', 'error') then lower(status) else 'idle' end
        """;

    /// <summary>Whether the agent is stopped, also in SQL.</summary>
    public const string IsStopped = "coalesce(lower(status) in ('paused', 'error'), false)";

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
