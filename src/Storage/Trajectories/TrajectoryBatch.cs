using System.Diagnostics;
using QLearning.Storage.Agents;

namespace QLearning.Storage.Trajectories;

/// <summary>What one caller hands over to be stored: all of it or none.</summary>
/// <param name="AgentType">Whose it is.</param>
/// <param name="Trajectories">Trajectories with their rewards.</param>
/// <param name="Agent">The agent whose episode the one trajectory is, if it is one.</param>
internal sealed record TrajectoryBatch(
    string AgentType,
    IReadOnlyList<TrajectoryRecord> Trajectories,
    AgentProgress? Agent = null)
{
    /// <summary>The bytes of a row but for its JSON, about.</summary>
    public const int BytesOfRow = 300;

    /// <summary>The traced call that hands it over, if it is one.</summary>
    public IReadOnlyList<ActivityContext> Calls { get; init; } = [];

    public int RowCount => Trajectories.Sum(trajectory => 1 + trajectory.Rewards.Count) + (Agent is null ? 0 : 1);

    /// <summary>The bytes that are sent for it, about; JSON is mostly ASCII.</summary>
    public long ByteCount => (BytesOfRow * (long)RowCount) + Trajectories.Sum(trajectory =>
        (long)trajectory.InitialState.Length + trajectory.FinalState.Length + trajectory.ActionsTaken.Length
        + trajectory.StatesVisited.Length + trajectory.StepRewards.Length + trajectory.Metadata.Length);
}

/// <summary>How the storing of a <see cref="TrajectoryBatch"/> ended; no error means it is committed.</summary>
/// <param name="Error">Why it is not.</param>
/// <param name="Totals">The counters of the batch's agent, if it has one.</param>
/// <param name="MayBeStored">Whether it may be stored for all that <paramref name="Error"/> says.</param>
internal sealed record TrajectoryOutcome(Exception? Error = null, AgentTotals? Totals = null, bool MayBeStored = false)
{
    public static TrajectoryOutcome Stored { get; } = new();
}
