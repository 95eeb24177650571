namespace QLearning.Abstractions;

/// <summary>What an update did.</summary>
/// <param name="QValue">The Q-value after it.</param>
/// <param name="VisitCount">How often this state and action have been learned, this update included.</param>
/// <param name="TdError">The temporal-difference error: target − old Q-value.</param>
/// <param name="Epoch">The fencing token of the owner that took the update.</param>
/// <param name="Version">
/// The update's place among all that this owner has learned, from 1: it is durable once <see cref="Durability.Durable"/> reaches it. 0: it
/// was learned and stored before.
/// </param>
[GenerateSerializer, Immutable]
[Alias("QLearning.LearnResult")]
public readonly record struct LearnResult(
    [property: Id(0)] double QValue,
    [property: Id(1)] int VisitCount,
    [property: Id(2)] double TdError,
    [property: Id(3)] long Epoch,
    [property: Id(4)] long Version);
