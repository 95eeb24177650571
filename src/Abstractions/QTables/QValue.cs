namespace QLearning.Abstractions;

/// <summary>The Q-value of one action in a state, with what is known about it.</summary>
/// <param name="Action">The action's key.</param>
/// <param name="ActionJson">The action's JSON description.</param>
/// <param name="Value">Expected discounted return.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1; rises by 0.01 at each update.</param>
/// <param name="Uncertainty">0 to 1; falls by 0.01 at each update.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.QValue")]
public readonly record struct QValue(
    [property: Id(0)] ActionKey Action,
    [property: Id(1)] string ActionJson,
    [property: Id(2)] double Value,
    [property: Id(3)] int VisitCount,
    [property: Id(4)] double Confidence,
    [property: Id(5)] double Uncertainty);
