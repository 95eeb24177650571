namespace QLearning.Abstractions;

/// <summary>
/// Updates with a number that makes them count once, however often they are sent: the receiver keeps the numbers it has learned, and stores
/// them in the transaction that stores what was learned.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateBatch")]
public sealed record UpdateBatch
{
    /// <summary>The most numbers above a client's settled ones that one agent type keeps.</summary>
    public const int MaxUnsettled = 100_000;

    /// <summary>Who sends it: a client's own id, not empty.</summary>
    [Id(0)]
    public required Guid ClientId { get; init; }

    /// <summary>Its number, 1 or more, never used twice by this client for this agent type.</summary>
    [Id(1)]
    public required long Sequence { get; init; }

    /// <summary>Every number below it is settled: the client will not send it again. 1 or more, at most <see cref="Sequence"/>.</summary>
    [Id(2)]
    public long SettledBelow { get; init; } = 1;

    /// <summary>
    /// The activation that acknowledged the client's oldest update that may not be durable; 0: there is none. Another activation learns
    /// nothing from this batch before the client has sent those updates again.
    /// </summary>
    [Id(3)]
    public long Epoch { get; init; }

    /// <summary>Transitions to learn, in their order.</summary>
    [Id(4)]
    public Transition[] Transitions { get; init; } = [];

    /// <summary>Q-values to store as they are. A batch has either transitions or Q-values.</summary>
    [Id(5)]
    public QValueUpsert[] Upserts { get; init; } = [];

    /// <summary>When it is acknowledged.</summary>
    [Id(6)]
    public WriteMode Mode { get; init; }
}
