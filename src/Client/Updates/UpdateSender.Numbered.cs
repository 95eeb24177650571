using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>How updates are sent whose numbers their caller keeps, so that other processes may send them too.</summary>
internal sealed partial class UpdateSender
{
    /// <summary>Sends the updates of one call under numbers that its caller keeps; all are durable when this ends.</summary>
    /// <param name="updates">Checked updates of one kind, without numbers.</param>
    /// <param name="numbers">The number of the first; the others follow.</param>
    /// <param name="cancellationToken">Ends the waiting; the updates may still take effect.</param>
    /// <returns>What each did.</returns>
    public Task<LearnResult?[]> SendNumberedAsync(UpdateGroup updates, UpdateId numbers, CancellationToken cancellationToken) =>
        SendAloneAsync(updates, numbers).WaitAsync(cancellationToken);

    // A list of its own: nothing is settled among numbers of which it sees only a few.
    private async Task<LearnResult?[]> SendAloneAsync(UpdateGroup updates, UpdateId numbers)
    {
        using var alone = new UpdateSender(_agentType, _owners, _options with { MergesCalls = false }, _logger, _time, numbers);
        return await alone.SendAsync(updates, WriteMode.Durable, _stopping);
    }
}
