namespace QLearning.Client.Updates;

/// <summary>The settings of an <see cref="UpdateSender"/>.</summary>
/// <param name="MaxUpdates">The most updates that are kept until they are durable.</param>
/// <param name="WaitFor">How long a further one waits for room.</param>
/// <param name="MergesCalls">Whether updates that are sent in the same moment go as one call.</param>
internal sealed record UpdateSenderOptions(int MaxUpdates, TimeSpan WaitFor, bool MergesCalls)
{
    /// <summary>How often it is asked what is durable while nobody calls: a little over the flush interval and a commit.</summary>
    public TimeSpan WatchInterval { get; } = TimeSpan.FromMilliseconds(250);
}
