using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// The row of <c>rewards</c> of a late reward, written in the transaction that stores what was learned from it. A row with this id, state
/// and action that is there already stays as it is.
/// </summary>
/// <param name="Id">The reward's own id, kept in <c>metadata</c>.</param>
/// <param name="SessionId"><c>session_id</c>; a session that is gone is left out of the row.</param>
/// <param name="TrajectoryId"><c>trajectory_id</c>; a trajectory that is gone is left out of the row.</param>
/// <param name="State">The state's key.</param>
/// <param name="Action">The action's key.</param>
/// <param name="Value">The reward.</param>
/// <param name="Source"><c>reward_source</c>.</param>
/// <param name="ObservedAt"><c>observed_at</c>.</param>
public readonly record struct RewardWrite(
    Guid Id,
    Guid? SessionId,
    Guid? TrajectoryId,
    StateKey State,
    ActionKey Action,
    double Value,
    string? Source,
    DateTimeOffset ObservedAt)
{
    /// <summary>The bytes that are sent for one, about.</summary>
    public const int ByteCount = 300;
}
