namespace QLearning.Abstractions;

/// <summary>The Q-values of a state as its owner has them.</summary>
/// <param name="State">The state's key.</param>
/// <param name="Values">Its Q-values; none when nothing was learned in it.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.StateQValues")]
public readonly record struct StateQValues([property: Id(0)] StateKey State, [property: Id(1)] QValue[] Values);
