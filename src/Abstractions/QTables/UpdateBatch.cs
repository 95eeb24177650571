namespace QLearning.Abstractions;

/// <summary>
/// Updates of one client for the states of one partition. Each update has a number that makes it count once, however often it is sent and
/// whichever owner it meets: the owner keeps the numbers that it has learned, and stores them in the transaction that stores what was
/// learned.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateBatch")]
public sealed record UpdateBatch
{
    /// <summary>Who sends it: a client's own id, not empty.</summary>
    [Id(0)]
    public required Guid ClientId { get; init; }

    /// <summary>
    /// Every number below it is settled: the client will not send it again, since it is durable or was given up. 1 or more; an update below
    /// it counts as learned.
    /// </summary>
    [Id(1)]
    public required long SettledBelow { get; init; }

    /// <summary>
    /// The owner that acknowledged the client's updates of this partition which are not durable; empty: there are none. Another owner
    /// learns nothing from this batch before the client has sent those updates again.
    /// </summary>
    [Id(2)]
    public Guid Owner { get; init; }

    /// <summary>What is to be learned, in this order: each group all or none.</summary>
    [Id(3)]
    public required UpdateGroup[] Groups { get; init; }

    /// <summary>The Q-values of next states that other partitions own.</summary>
    [Id(4)]
    public StateQValues[] NextStates { get; init; } = [];

    /// <summary>When it is acknowledged.</summary>
    [Id(5)]
    public WriteMode Mode { get; init; }

    /// <summary>
    /// True when an owner has acknowledged all of it before, and may be lost with it: it is learned also when the agent type was switched off
    /// since then.
    /// </summary>
    [Id(6)]
    public bool IsResent { get; init; }
}
