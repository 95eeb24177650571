using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>One row of <c>agent_states</c>.</summary>
/// <param name="Info">What callers see of it.</param>
/// <param name="Own">The settings that differ from the agent type's; its exploration rate is always the agent's own.</param>
public sealed record AgentRow(AgentInfo Info, AgentRegistration Own);
