namespace QLearning.Abstractions;

/// <summary>What an update did.</summary>
/// <param name="QValue">The Q-value after it.</param>
/// <param name="VisitCount">How often this state and action have been learned, this update included.</param>
/// <param name="TdError">The temporal-difference error: target − old Q-value.</param>
/// <param name="Epoch">The activation that took the update.</param>
/// <param name="Version">The flush that carries the update to PostgreSQL: durable once the owner's watermark reaches it.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.LearnResult")]
public readonly record struct LearnResult(
    [property: Id(0)] double QValue,
    [property: Id(1)] int VisitCount,
    [property: Id(2)] double TdError,
    [property: Id(3)] long Epoch,
    [property: Id(4)] long Version);
