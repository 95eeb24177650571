using System.Collections.Concurrent;
using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// How the sender learns what is durable and sends again what another owner may not have: with each answer, and by asking every quarter
/// of a second while something that was acknowledged is not durable.
/// </summary>
internal sealed partial class UpdateSender
{
    // Room, see PendingUpdates.RoomOf: no more updates than an owner takes in a batch, and about 3 MB.
    private const int ResentAtOnce = QLimits.MaxBatch;

    private static readonly TimeSpan _longestWatchPause = TimeSpan.FromSeconds(16);

    // No activation has this id.
    private static readonly Guid _noOwner = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    private readonly ConcurrentDictionary<int, Guid> _knownOwners = new();
    private readonly AsyncGate _resending = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private int _isWatching;

    /// <summary>Waits until the updates of durable calls are durable which their owner has learned and could not store.</summary>
    private async Task WhenDurableAsync(IReadOnlyList<UpdateCall> calls, long began)
    {
        var waiting = calls.Where(call => call.Problem is not null).ToArray();
        while (waiting.Any(call => !call.IsSettled) && _time.GetElapsedTime(began) < _options.WaitFor && !_stopping.IsCancellationRequested)
        {
            await PauseAsync(_options.WatchInterval);
            await TryFlushAsync();
        }

        foreach (var call in waiting.Where(call => !_options.Resends || !call.IsSettled))
        {
            call.NotDurable(new StorageUnavailableException(
                $"Updates of '{_agentType}' were learned, but are not durable yet ({call.Problem}). "
                + (_options.Resends
                    ? "Do not send them again: they are kept until PostgreSQL has them."
                    : "PostgreSQL may get them later."))
            {
                IsLearned = true,
            });
        }
    }

    /// <summary>As <see cref="SettleAsync"/>; false when the table was repartitioned meanwhile, so that it is to be asked again.</summary>
    private async Task<bool> TrySettleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(cancellationToken);
            return true;
        }
        catch (NotOwnerException refusal)
        {
            _owners.Note(refusal.Partitions);
            return false;
        }
    }

    /// <summary>Asks what is durable, and sends again what an owner may not have that has taken over.</summary>
    /// <exception cref="NotOwnerException">The table was repartitioned meanwhile.</exception>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var partitions = _owners.Partitions;
        var durability = await Task.WhenAll(
            Enumerable.Range(0, partitions).Select(partition => _owners.GetDurabilityAsync(partition, cancellationToken)));
        foreach (var own in durability)
        {
            _list.Settle(own.Owner, own.Durable);
            _owners.Note(own.Partitions);
        }

        if (_owners.Partitions == partitions)
        {
            // An owner that has changed once more is found out in the next round.
            await ResendAsync(partition => durability[partition].Owner, partitions, cancellationToken);
        }
    }

    /// <summary>Sends again what others acknowledged than the owners that partitions have now.</summary>
    /// <param name="ownerOf">The owner of a partition; null: what it has is not asked for.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why some is to be sent once more: another owner answered, or the owner has no room; null: all is learned.</returns>
    private async Task<QLearningException?> ResendAsync(Func<int, Guid?> ownerOf, int partitions, CancellationToken cancellationToken)
    {
        var problems = new Dictionary<int, QLearningException>();
        await _resending.RunAsync(
            async () =>
            {
                if (_list.FindLost(ownerOf, partitions) is not { Length: > 0 } lost)
                {
                    return;
                }

                var count = lost.Sum(pending => pending.Group.Count);
                _instruments.Resent(count);
                _logger.Resending(_agentType, count);
                var batches = lost.SelectMany(pending => _list.Divide(pending, partitions))
                    .GroupBy(part => (part.Partition, part.Updates.Numbers), part => part.Updates)
                    .SelectMany(part => BatchesOf(part).Select(batch => (part.Key.Partition, Updates: batch)));
                foreach (var (partition, updates) in batches.Where(batch => !problems.ContainsKey(batch.Partition)))
                {
                    // Later ones of the partition must not go ahead.
                    if (await ResendAsync(ownerOf(partition)!.Value, partition, partitions, updates, cancellationToken) is { } problem)
                    {
                        problems.Add(partition, problem);
                    }
                }
            },
            cancellationToken);
        return problems.Values.FirstOrDefault();
    }

    private static IEnumerable<List<PendingUpdates>> BatchesOf(IEnumerable<PendingUpdates> lost)
    {
        var (batch, room) = (new List<PendingUpdates>(), 0);
        foreach (var pending in lost)
        {
            if (batch.Count > 0 && room + pending.Room > ResentAtOnce)
            {
                yield return batch;
                (batch, room) = ([], 0);
            }

            batch.Add(pending);
            room += pending.Room;
        }

        yield return batch;
    }

    private async Task<QLearningException?> ResendAsync(
        Guid owner, int partition, int partitions, List<PendingUpdates> lost, CancellationToken cancellationToken)
    {
        UpdateGroup[] groups = [.. lost.Select(pending => pending.Group)];
        var next = await _owners.ReadNextStatesAsync(groups, partition, partitions, cancellationToken);
        var batch = Batch(lost[0], groups, next, WriteMode.WriteBehind, owner) with { IsResent = true };
        var result = await _owners.ApplyAsync(partition, batch, lost, cancellationToken);
        if (result.Results is null)
        {
            return OwnerChanges();
        }

        foreach (var refusal in result.Refusals.Where(refusal => refusal.Error is not WriteBacklogFullException))
        {
            // It was allowed when it was learned; others were learned before it now, and with them a Q-value would leave its range.
            _logger.Refused(refusal.Error, _agentType, lost[refusal.Group].Group.Count);
        }

        Note(lost, result, partitions);
        return Array.Find(result.Refusals, refusal => refusal.Error is WriteBacklogFullException)?.Error;
    }

    private ClusterUnavailableException OwnerChanges() => new($"The owner of '{_agentType}' changes again and again. Call again.");

    private void WatchUntilDurable()
    {
        if (Volatile.Read(ref _isWatching) == 0 && _list.HasAcknowledged && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            _ = WatchAsync();
        }
    }

    /// <summary>Asks what is durable while there are no calls, and finds out that an owner is gone.</summary>
    private async Task WatchAsync()
    {
        // Not part of the call that began it.
        Activity.Current = null;
        do
        {
            try
            {
                var pause = _options.WatchInterval;
                while (_list.HasAcknowledged && !_stopping.IsCancellationRequested)
                {
                    await PauseAsync(pause);
                    pause = await WatchOnceAsync(pause);
                }
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested)
            {
                // Whatever it was: what was acknowledged is kept, and must go on being watched.
                _logger.WatchFailed(error, _agentType, _list.Count);
            }
            finally
            {
                Volatile.Write(ref _isWatching, 0);
            }
        }

        // Something may have been acknowledged after the loop looked and before it said that it ended.
        while (!_stopping.IsCancellationRequested && _list.HasAcknowledged && Interlocked.Exchange(ref _isWatching, 1) == 0);
    }

    /// <param name="pause">The pause before this look.</param>
    /// <returns>The pause before the next one.</returns>
    private async Task<TimeSpan> WatchOnceAsync(TimeSpan pause)
    {
        if (!_list.HasAcknowledged)
        {
            return _options.WatchInterval;
        }

        try
        {
            await TrySettleAsync(_stopping);
        }
        catch (UnknownAgentTypeException deleted)
        {
            // What is kept is sent when it is made again, which nobody may ever do: it is told once, and asked for less and less often.
            if (pause == _options.WatchInterval)
            {
                _logger.WatchFailed(deleted, _agentType, _list.Count);
            }

            return pause < _longestWatchPause ? pause * 2 : pause;
        }
        catch (QLearningException error)
        {
            // The cluster is away, or its database: what is kept is kept, and the next round tries again.
            _logger.WatchFailed(error, _agentType, _list.Count);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The loop ends.
        }

        return _options.WatchInterval;
    }

    private Task PauseAsync(TimeSpan pause) => PauseAsync(pause, _stopping);

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, _time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits looks why.
            return;
        }
    }
}
