namespace QLearning.Abstractions;

/// <summary>The number under which an update of somebody else is learned on his behalf.</summary>
/// <param name="ClientId">Who numbers it: a client's own id, not empty.</param>
/// <param name="Number">The update's number, 1 or more, never used for another update.</param>
/// <param name="SettledBelow">Every lower number is settled: the client will not send it again.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateId")]
public readonly record struct UpdateId(
    [property: Id(0)] Guid ClientId, [property: Id(1)] long Number, [property: Id(2)] long SettledBelow);

/// <summary>Tells the client whose number an update has what it needs to keep the update until it is durable.</summary>
/// <param name="Owner">Who learned it, see <see cref="UpdateResult.Owner"/>.</param>
/// <param name="Durable">See <see cref="UpdateResult.Durable"/>.</param>
/// <param name="Transition">What was learned, to be sent again should the owner be lost.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.UpdateReceipt")]
public sealed record UpdateReceipt(
    [property: Id(0)] Guid Owner, [property: Id(1)] long Durable, [property: Id(2)] Transition Transition);
