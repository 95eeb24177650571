namespace QLearning.Abstractions;

/// <summary>
/// A reward that came after its transition was learned, such as a bug found days later. It is learned from when it arrives:
/// Q(S, A) ← Q(S, A) + α·r, which is what r would have added to the update had it been known then.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.DelayedReward")]
public sealed record DelayedReward
{
    /// <summary>The reward's own id. Sending the same id again for the same state and action counts once.</summary>
    [Id(0)]
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The state the action was taken in; its Q-value of the action must have been learned.</summary>
    [Id(1)]
    public required StateKey State { get; init; }

    /// <summary>The action.</summary>
    [Id(2)]
    public required ActionKey Action { get; init; }

    /// <summary>The reward: finite, at most <see cref="QLimits.MaxQValue"/> in size.</summary>
    [Id(3)]
    public required double Reward { get; init; }

    /// <summary>The trajectory it belongs to, or null.</summary>
    [Id(4)]
    public Guid? TrajectoryId { get; init; }

    /// <summary>The session it belongs to, or null: the trajectory's.</summary>
    [Id(5)]
    public Guid? SessionId { get; init; }

    /// <summary>Where it came from, at most 100 characters, or null.</summary>
    [Id(6)]
    public string? Source { get; init; }
}
