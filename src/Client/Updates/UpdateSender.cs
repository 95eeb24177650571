using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Client.Telemetry;

namespace QLearning.Client.Updates;

/// <summary>
/// Sends the updates of one agent type so that each counts once and none is lost with a silo: every update is kept in one list until it is
/// durable, and is sent again, with its number, when another owner than the one that acknowledged it has its state. This file sends;
/// <c>UpdateSender.Durability.cs</c> finds out what is durable.
/// </summary>
internal sealed partial class UpdateSender : IDisposable
{
    private static readonly Dictionary<int, QLearningException> _noRefusals = [];

    private readonly UpdateList _list;
    private readonly string _agentType;
    private readonly IOwnerCalls _owners;
    private readonly UpdateSenderOptions _options;
    private readonly ClientInstruments _instruments;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly UpdateMerger? _merger;

    public UpdateSender(
        string agentType,
        IOwnerCalls owners,
        UpdateSenderOptions options,
        ClientInstruments instruments,
        ILogger logger,
        TimeProvider time,
        UpdateId? given = null)
    {
        (_agentType, _owners, _options, _instruments, _logger, _time) = (agentType, owners, options, instruments, logger, time);
        _list = new UpdateList(options.MaxUpdates, time, options.MaxSpan, given);
        _stopping = _stop.Token;
        _merger = options.MergesCalls
            ? new UpdateMerger(DeliverAsync, calls => instruments.Merged(ClientInstruments.Updates, calls), time)
            : null;
    }

    /// <summary>Updates that are not known to be durable, those that are not sent yet included.</summary>
    public int NotDurableCount => _list.Count + (_merger?.WaitingCount ?? 0);

    /// <summary>Sends the updates of one call.</summary>
    /// <param name="updates">Checked updates of one kind, without numbers.</param>
    /// <param name="mode">When they are acknowledged.</param>
    /// <param name="cancellationToken">Ends the waiting; the updates may still take effect.</param>
    /// <returns>What each did; null for a late reward that was recorded before.</returns>
    public async Task<LearnResult?[]> SendAsync(UpdateGroup updates, WriteMode mode, CancellationToken cancellationToken)
    {
        await ReserveAsync(PendingUpdates.RoomOf(updates), cancellationToken);
        var call = new UpdateCall(updates);
        var delivery = _merger is null ? DeliverAsync([call], mode) : _merger.SendAsync(call, mode);
        await delivery.WaitAsync(cancellationToken);
        return call.Finish();
    }

    /// <summary>Notes what came of an update that somebody else sent under its number; it is kept until it is durable.</summary>
    public void Acknowledge(PendingUpdates update, UpdateReceipt receipt, LearnResult learned)
    {
        if (!update.IsSettled)
        {
            update.Group = update.Group with { Transitions = [receipt.Transition] };
            Acknowledge(update, receipt.Owner, learned.Version, receipt.Durable, _owners.Partitions);
            WatchUntilDurable();
        }
    }

    /// <summary>Such an update will not be sent again.</summary>
    public void GiveUp(PendingUpdates update) => _list.GiveUp(update);

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        _merger?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task DeliverAsync(IReadOnlyList<UpdateCall> calls, WriteMode mode)
    {
        var began = _time.GetTimestamp();
        var left = _list.Add(calls);

        // An owner refuses what it does not own any more; then all is divided again, as the table is partitioned now. So does one without
        // room for what may have been learned already.
        while (left.Count > 0)
        {
            var partitions = _owners.Partitions;
            var refused = await DeliverAsync(left, partitions, mode);
            if (refused.Count == 0)
            {
                break;
            }

            if (_time.GetElapsedTime(began) >= _options.WaitFor || _stopping.IsCancellationRequested)
            {
                var error = new ClusterUnavailableException($"The Q-table of '{_agentType}' is being repartitioned. Call again.");
                refused.ForEach(pending => Fail(pending, pending.Refusal ?? error));
                break;
            }

            left = refused;
            await (_owners.Partitions != partitions ? Task.CompletedTask : PauseAsync(_options.RepartitionPause));
        }

        foreach (var call in calls)
        {
            if (call.Problem is not null)
            {
                await WhenDurableAsync(calls, began);
                break;
            }
        }
    }

    /// <returns>Updates that are to be sent again: their partition's grain does not own them, or see <see cref="Refuse"/>.</returns>
    private async Task<List<PendingUpdates>> DeliverAsync(List<PendingUpdates> updates, int partitions, WriteMode mode)
    {
        if (partitions == 1)
        {
            return await SendAsync(0, 1, updates, mode);
        }

        var parts = updates.SelectMany(pending => _list.Divide(pending, partitions)).GroupBy(part => part.Partition, part => part.Updates);
        var refused = await Task.WhenAll(parts.Select(part => SendAsync(part.Key, partitions, [.. part], mode)));
        return [.. refused.SelectMany(some => some)];
    }

    private async Task<List<PendingUpdates>> SendAsync(int partition, int partitions, List<PendingUpdates> updates, WriteMode mode)
    {
        try
        {
            var result = await ApplyAsync(partition, partitions, updates, mode);
            var again = Note(updates, result, partitions);
            _knownOwners[partition] = result.Owner;
            WatchUntilDurable();
            return again;
        }
        catch (WriteBacklogFullException full)
        {
            // What was acknowledged before, and comes first, has no room.
            return [.. updates.Where(pending => Refuse(pending, full))];
        }
        catch (NotOwnerException refusal)
        {
            _owners.Note(refusal.Partitions);
            return updates;
        }
        catch (Exception error)
        {
            // Whatever it was: the callers must hear of it, and numbers that nobody sends again must not keep the settled ones back.
            updates.ForEach(pending => Fail(pending, error));
            return [];
        }
    }

    private async Task<UpdateResult> ApplyAsync(int partition, int partitions, List<PendingUpdates> updates, WriteMode mode)
    {
        var groups = new UpdateGroup[updates.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = updates[i].Group;
        }

        var next = partitions == 1 ? [] : await _owners.ReadNextStatesAsync(groups, partition, partitions, _stopping);
        var began = _time.GetTimestamp();
        for (var round = 1; ; round++)
        {
            var batch = Batch(updates[0], groups, next, mode, OwnerFor(partition, partitions));
            var result = await _owners.ApplyAsync(partition, batch, updates, _stopping);
            if (result.Results is not null)
            {
                return result;
            }

            // What another owner acknowledged comes first: it was learned first. One that was given up may answer in between.
            _knownOwners[partition] = result.Owner;
            var problem = await ResendAsync(some => some == partition ? result.Owner : null, partitions, _stopping);
            var isInTime = _time.GetElapsedTime(began) < _options.WaitFor && !_stopping.IsCancellationRequested;
            if (problem is not (null or ClusterUnavailableException) || (!isInTime && (problem is not null || round > 1)))
            {
                throw problem ?? OwnerChanges();
            }

            await (problem is null && round == 1 ? Task.CompletedTask : PauseAsync(_options.RepartitionPause));
        }
    }

    /// <summary>
    /// The owner that a batch is for: it refuses one for another. While it may not have all that was acknowledged of its partition, and for
    /// a partition that is new, such as after the table was repartitioned, nobody: it is to say who owns it before it learns anything.
    /// </summary>
    private Guid OwnerFor(int partition, int partitions)
    {
        if (!_list.HasAcknowledged)
        {
            return _knownOwners.GetValueOrDefault(partition);
        }

        return _knownOwners.TryGetValue(partition, out var owner) && !_list.HasLost(owner, partition, partitions) ? owner : _noOwner;
    }

    // All that is sent at once has numbers of one sequence.
    private UpdateBatch Batch(PendingUpdates first, UpdateGroup[] groups, StateQValues[] next, WriteMode mode, Guid owner) => new()
    {
        ClientId = first.Numbers.ClientId,
        SettledBelow = _list.SettledBelow(first),
        Owner = owner,
        Groups = groups,
        NextStates = next,
        Mode = mode,
    };

    /// <returns>Updates that are to be sent again, see <see cref="Refuse"/>.</returns>
    private List<PendingUpdates> Note(List<PendingUpdates> updates, UpdateResult result, int partitions)
    {
        List<PendingUpdates> again = [];
        var refusals = result.Refusals.Length == 0
            ? _noRefusals
            : result.Refusals.DistinctBy(refusal => refusal.Group).ToDictionary(refusal => refusal.Group, refusal => refusal.Error);
        var start = 0;
        for (var i = 0; i < updates.Count; i++)
        {
            var pending = updates[i];
            switch (refusals.GetValueOrDefault(i))
            {
                case null:
                    Note(pending, result, start, partitions);
                    break;
                case StorageUnavailableException error:
                    // PostgreSQL refuses a row of theirs: they are learned, and the other rows are stored.
                    var call = pending.Call;
                    Note(pending, result, start, partitions);
                    call?.NotDurable(new StorageUnavailableException(error.Message, error) { IsLearned = true });
                    break;
                case { } error when Refuse(pending, error):
                    again.Add(pending);
                    break;
            }

            start += pending.Group.Count;
        }

        return again;
    }

    /// <summary>
    /// Notes a refusal. It tells nothing of an earlier try that was not answered: another owner may have learned it, or the message may
    /// arrive late. While only room is missing such updates are sent again, until their owner says that it has learned them.
    /// </summary>
    /// <returns>True when they are to be sent again.</returns>
    private bool Refuse(PendingUpdates pending, QLearningException error)
    {
        if (error is not WriteBacklogFullException)
        {
            Fail(pending, error);
            return false;
        }

        if (pending.IsAcknowledged)
        {
            // What was acknowledged before its owner was lost is kept until the new owner has room for it.
            return false;
        }

        if (!pending.MayBeLearned)
        {
            Fail(pending, error);
            return false;
        }

        pending.Refusal = error;
        return true;
    }

    private void Note(PendingUpdates pending, UpdateResult result, int start, int partitions)
    {
        var version = 0L;
        for (var i = 0; i < pending.Group.Count; i++)
        {
            var learned = result.Results![start + i];
            version = Math.Max(version, learned.Version);
            if (!pending.IsAcknowledged)
            {
                // Else its caller has the answer already.
                var isRecorded = result.Recorded.Length > 0 && result.Recorded.Contains(start + i);
                pending.Call?.Learned(pending.PlaceInCall(i), isRecorded ? null : learned);
            }
        }

        if (result.NotDurable is not null && version > result.Durable)
        {
            pending.Call?.AwaitDurability(result.NotDurable);
        }

        Acknowledge(pending, result.Owner, version, result.Durable, partitions);
    }

    // Agents' steps, which no call waits for, are kept also when nothing else is: an episode's end stores its trajectory only with all
    // its steps, and a step that was lost with its owner can be learned again only while its number is not settled.
    private void Acknowledge(PendingUpdates pending, Guid owner, long version, long durable, int partitions) =>
        _list.Acknowledge(pending, owner, _options.Resends || pending.Call is null ? version : 0, durable, partitions);

    private void Fail(PendingUpdates pending, Exception error)
    {
        _list.GiveUp(pending);
        // A fenced owner may have stored some of what it learned before.
        var mayBeLearned = pending.MayBeLearned || pending.IsAcknowledged
            || error is not QLearningException or ClusterUnavailableException or FencedException { IsBeforeLearning: false };
        pending.Call?.Fail(pending, mayBeLearned ? NotKnown(error) : (QLearningException)error, mayBeLearned);
    }

    private ClusterUnavailableException NotKnown(Exception error) =>
        error as ClusterUnavailableException ?? new ClusterUnavailableException(
            $"Updates of '{_agentType}' may have been learned by a try that was not answered: sent again they might count twice. "
            + error.Message,
            error);
}
