namespace QLearning.Storage.Rewards;

/// <summary>One row of <c>rewards</c> of type <c>delayed</c>, which was learned from.</summary>
/// <param name="Id">The reward's own id, kept in <c>metadata</c>.</param>
/// <param name="AgentType"><c>agent_type</c>.</param>
/// <param name="SessionId"><c>session_id</c>.</param>
/// <param name="TrajectoryId"><c>trajectory_id</c>.</param>
/// <param name="StateHash">The state's key.</param>
/// <param name="ActionHash">The action's key.</param>
/// <param name="Value">The reward.</param>
/// <param name="Source"><c>reward_source</c>.</param>
/// <param name="ObservedAt"><c>observed_at</c>.</param>
public sealed record DelayedRewardRecord(
    Guid Id,
    string AgentType,
    Guid? SessionId,
    Guid? TrajectoryId,
    string StateHash,
    string ActionHash,
    double Value,
    string? Source,
    DateTimeOffset ObservedAt);
