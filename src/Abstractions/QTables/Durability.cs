namespace QLearning.Abstractions;

/// <summary>What is durable of an agent type, or of the part of its Q-table that was asked.</summary>
/// <param name="Epoch">The activation that owns the rows.</param>
/// <param name="Watermark">Its newest durable flush: updates of this epoch with this version or a lower one are durable.</param>
/// <param name="Partitions">Over how many grains the Q-table is split.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.Durability")]
public readonly record struct Durability([property: Id(0)] long Epoch, [property: Id(1)] long Watermark, [property: Id(2)] int Partitions);
