namespace QLearning.Abstractions;

/// <summary>What came of an <see cref="UpdateBatch"/>.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateResult")]
public sealed record UpdateResult
{
    /// <summary>Who answers: an id of its own for each time that somebody takes the ownership of a partition.</summary>
    [Id(0)]
    public required Guid Owner { get; init; }

    /// <summary>Updates that this owner acknowledged with this version or a lower one are durable.</summary>
    [Id(1)]
    public long Durable { get; init; }

    /// <summary>
    /// What each update did, group after group. An update that was learned before has the Q-value as it is now and an error of 0; its
    /// version is 0 if it is durable. Those of refused groups mean nothing. Null: nothing was learned, because the client must first send
    /// again what another owner acknowledged.
    /// </summary>
    [Id(2)]
    public LearnResult[]? Results { get; init; }

    /// <summary>
    /// The groups that were refused: nothing of them was learned, but for one whose rows PostgreSQL refuses to store
    /// (<see cref="StorageUnavailableException"/>), which is in memory only. The others were learned.
    /// </summary>
    [Id(3)]
    public UpdateRefusal[] Refusals { get; init; } = [];

    /// <summary>
    /// The places in <see cref="Results"/> of late rewards whose id was recorded before under another number: nothing was learned.
    /// </summary>
    [Id(4)]
    public int[] Recorded { get; init; } = [];

    /// <summary>
    /// Why the updates, which are learned, are not durable although the batch asked for it; null: they are, or it did not ask. They are
    /// stored when PostgreSQL takes them.
    /// </summary>
    [Id(5)]
    public string? NotDurable { get; init; }
}

/// <summary>A group that was refused.</summary>
/// <param name="Group">Its place in <see cref="UpdateBatch.Groups"/>.</param>
/// <param name="Error">Why.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateRefusal")]
public sealed record UpdateRefusal([property: Id(0)] int Group, [property: Id(1)] QLearningException Error);
