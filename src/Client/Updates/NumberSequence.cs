namespace QLearning.Client.Updates;

/// <summary>
/// Numbers under one client id, and the updates that have them and are not settled. A client begins another one when an update holds the
/// floor of this one for too long: an owner keeps every number above the floor. Not safe for several threads.
/// </summary>
/// <param name="clientId">The client id: new for each sequence, so that a number means one update for ever.</param>
/// <param name="before">How many numbers of the same client went before, in other sequences.</param>
internal sealed class NumberSequence(Guid clientId, long before)
{
    public Guid ClientId { get; } = clientId;

    /// <summary>The updates that are not settled, in the order of their numbers.</summary>
    public LinkedList<PendingUpdates> Pending { get; } = new();

    /// <summary>The last number that was taken.</summary>
    public long Last { get; set; }

    /// <summary>Every lower number is settled.</summary>
    public long SettledBelow => Pending.First?.Value.Group.Number ?? Last + 1;

    /// <summary>The place of a number among all that its client has taken.</summary>
    public long PlaceOf(long number) => before + number;
}
