using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>How updates are sent whose numbers their caller keeps, or sends them himself.</summary>
internal sealed partial class UpdateSender
{
    /// <summary>Sends the updates of one call under numbers that its caller keeps; all are durable when this ends.</summary>
    /// <param name="updates">Checked updates of one kind, without numbers.</param>
    /// <param name="numbers">The number of the first; the others follow.</param>
    /// <param name="cancellationToken">Ends the waiting; the updates may still take effect.</param>
    /// <returns>What each did.</returns>
    public Task<LearnResult?[]> SendNumberedAsync(UpdateGroup updates, UpdateId numbers, CancellationToken cancellationToken) =>
        SendAloneAsync(updates, numbers).WaitAsync(cancellationToken);

    /// <summary>Numbers an update that somebody else sends under its number, such as an agent's grain.</summary>
    public async Task<PendingUpdates> NumberAsync(Transition transition, CancellationToken cancellationToken)
    {
        var updates = new UpdateGroup { Transitions = [transition] };
        await ReserveAsync(PendingUpdates.RoomOf(updates), cancellationToken);
        return _list.Add(updates);
    }

    /// <summary>The number of such an update.</summary>
    public UpdateId IdOf(PendingUpdates update) =>
        new(update.Numbers.ClientId, update.Group.Number, Math.Min(_list.SettledBelow(update), update.Group.Number));

    // A list of its own: nothing is settled among numbers of which it sees only a few.
    private async Task<LearnResult?[]> SendAloneAsync(UpdateGroup updates, UpdateId numbers)
    {
        using var alone = new UpdateSender(
            _agentType, _owners, _options with { MergesCalls = false }, _instruments, _logger, _time, numbers);
        return await alone.SendAsync(updates, WriteMode.Durable, _stopping);
    }
}
