using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>The settings of an <see cref="UpdateSender"/>.</summary>
/// <param name="MaxUpdates">The most updates that are kept until they are durable.</param>
/// <param name="WaitFor">How long a call waits for room, for an owner, and for durability.</param>
/// <param name="MergesCalls">Whether updates that are sent in the same moment go as one call.</param>
/// <param name="Resends">Whether updates are kept until they are durable, rather than until they are acknowledged.</param>
internal sealed record UpdateSenderOptions(int MaxUpdates, TimeSpan WaitFor, bool MergesCalls, bool Resends)
{
    /// <summary>Half of what an owner takes, so that there is room for what is sent at once.</summary>
    public const int DefaultMaxSpan = QLimits.MaxUnsettled / 2;

    /// <summary>The most numbers of one client id from the first that is not settled to the last; further ones are another id's.</summary>
    public int MaxSpan { get; init; } = DefaultMaxSpan;

    /// <summary>How often it is asked what is durable while there are no calls: a little over the flush interval and a commit.</summary>
    public TimeSpan WatchInterval { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The pause after the owners of a table that is being repartitioned refused updates once more.</summary>
    public TimeSpan RepartitionPause { get; } = TimeSpan.FromMilliseconds(50);
}
