namespace QLearning.Storage.Trajectories;

/// <summary>One row of <c>rewards</c> that belongs to a trajectory.</summary>
/// <param name="StateHash">The state's key.</param>
/// <param name="ActionHash">The action's key.</param>
/// <param name="Value">The reward.</param>
/// <param name="Type"><c>immediate</c>, or <c>terminal</c> for the last step.</param>
public readonly record struct RewardRecord(string StateHash, string ActionHash, double Value, string Type);

/// <summary>One row of <c>trajectories</c> with its rewards. JSON columns are JSON text.</summary>
public sealed record TrajectoryRecord
{
    /// <summary><c>trajectory_id</c>; storing the same id twice stores one row.</summary>
    public required Guid Id { get; init; }

    /// <summary><c>agent_type</c>.</summary>
    public required string AgentType { get; init; }

    /// <summary><c>session_id</c>; the session's counters move with the trajectory.</summary>
    public Guid? SessionId { get; init; }

    /// <summary><c>task_id</c>.</summary>
    public required string TaskId { get; init; }

    /// <summary><c>initial_state</c>.</summary>
    public required string InitialState { get; init; }

    /// <summary><c>final_state</c>.</summary>
    public required string FinalState { get; init; }

    /// <summary><c>actions_taken</c>.</summary>
    public required string ActionsTaken { get; init; }

    /// <summary><c>states_visited</c>.</summary>
    public required string StatesVisited { get; init; }

    /// <summary><c>step_rewards</c>.</summary>
    public required string StepRewards { get; init; }

    /// <summary><c>total_reward</c>.</summary>
    public required double TotalReward { get; init; }

    /// <summary><c>discounted_reward</c>.</summary>
    public required double DiscountedReward { get; init; }

    /// <summary><c>execution_time_ms</c>.</summary>
    public required TimeSpan ExecutionTime { get; init; }

    /// <summary><c>success</c>.</summary>
    public required bool Success { get; init; }

    /// <summary><c>error_message</c>.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary><c>started_at</c>.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary><c>completed_at</c>, also <c>observed_at</c> of the rewards.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary><c>expires_at</c>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>metadata</c>.</summary>
    public required string Metadata { get; init; }

    /// <summary><c>reward_source</c> of the rewards.</summary>
    public string? RewardSource { get; init; }

    /// <summary>True when the rewards were learned from: their metadata says so, and the consistency check counts on it.</summary>
    public bool IsLearned { get; init; }

    /// <summary>The rows of <c>rewards</c>.</summary>
    public required IReadOnlyList<RewardRecord> Rewards { get; init; }
}
