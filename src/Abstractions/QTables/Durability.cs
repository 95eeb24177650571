namespace QLearning.Abstractions;

/// <summary>What is durable of the partition that was asked.</summary>
/// <param name="Owner">Who owns its rows, see <see cref="UpdateResult.Owner"/>.</param>
/// <param name="Epoch">The owner's fencing token.</param>
/// <param name="Durable">Updates that this owner acknowledged with this version or a lower one are durable.</param>
/// <param name="Partitions">How many partitions the Q-table has.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.Durability")]
public readonly record struct Durability(
    [property: Id(0)] Guid Owner, [property: Id(1)] long Epoch, [property: Id(2)] long Durable, [property: Id(3)] int Partitions);
