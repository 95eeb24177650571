namespace QLearning.Abstractions;

/// <summary>
/// What one agent type's grain holds and has done since its activation; with several partitions, what all their grains do.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentTypeStatistics")]
public sealed record AgentTypeStatistics
{
    /// <summary>The agent type.</summary>
    [Id(0)]
    public required string AgentType { get; init; }

    /// <summary>States in memory.</summary>
    [Id(1)]
    public int States { get; init; }

    /// <summary>Q-values in memory.</summary>
    [Id(2)]
    public int QValues { get; init; }

    /// <summary>Distinct actions; with several partitions, of the one that has most.</summary>
    [Id(3)]
    public int Actions { get; init; }

    /// <summary>Sum of the visit counts in memory.</summary>
    [Id(4)]
    public long Visits { get; init; }

    /// <summary>True when every Q-value of the type is in memory, so that no read asks the database.</summary>
    [Id(5)]
    public bool IsWhole { get; init; }

    /// <summary>Q-values that wait for their flush or are in it.</summary>
    [Id(6)]
    public int Backlog { get; init; }

    /// <summary>Updates learned since activation.</summary>
    [Id(7)]
    public long Updates { get; init; }

    /// <summary>Q-values written since activation.</summary>
    [Id(8)]
    public long Flushed { get; init; }

    /// <summary>The activation's epoch; with several partitions, that of partition 0.</summary>
    [Id(9)]
    public long Epoch { get; init; }

    /// <summary>The newest flush that is durable; with several partitions, of partition 0.</summary>
    [Id(10)]
    public long Watermark { get; init; }

    /// <summary>Which silo holds the grain; with several partitions, that of partition 0.</summary>
    [Id(11)]
    public string Silo { get; init; } = string.Empty;

    /// <summary>How many partitions the Q-table has, each with a grain of its own.</summary>
    [Id(12)]
    public int Partitions { get; init; } = 1;
}
