namespace QLearning.Abstractions;

/// <summary>The action with the highest Q-value of a state; ties go to the higher confidence, then to the smaller action key.</summary>
/// <param name="Key">The action's key.</param>
/// <param name="Json">The action's JSON description.</param>
/// <param name="QValue">Its Q-value.</param>
/// <param name="Confidence">Its confidence score, 0 to 1.</param>
/// <param name="VisitCount">How often it has been learned.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.BestAction")]
public sealed record BestAction(
    [property: Id(0)] ActionKey Key,
    [property: Id(1)] string Json,
    [property: Id(2)] double QValue,
    [property: Id(3)] double Confidence,
    [property: Id(4)] int VisitCount);
