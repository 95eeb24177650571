namespace QLearning.Abstractions;

/// <summary>What came of an <see cref="UpdateBatch"/>.</summary>
/// <param name="Results">
/// What each update did, or, for a batch that was learned before, the Q-values as they are now with an error of 0. Null: nothing was
/// learned, because the client must first send again what another activation acknowledged.
/// </param>
/// <param name="Epoch">The activation that answers.</param>
/// <param name="Watermark">Its newest durable flush: updates of this epoch with this version or a lower one are durable.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateResult")]
public sealed record UpdateResult(
    [property: Id(0)] LearnResult[]? Results, [property: Id(1)] long Epoch, [property: Id(2)] long Watermark);
