using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>How the sender learns what is durable, and waits for it when it keeps as much as it may.</summary>
internal sealed partial class PartSender
{
    private async Task<SentUpdates> AddWhenDurableAsync(
        Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.WaitFor, _time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (!limit.IsCancellationRequested)
        {
            await MakeRoomAsync(waiting.Token);
            cancellationToken.ThrowIfCancellationRequested();
            if (_unsettled.TryAdd(transitions, upserts, mode, _options.MaxUpdates) is { } sent)
            {
                return sent;
            }
        }

        throw new WriteBacklogFullException(_agentType, _unsettled.Count, _options.MaxUpdates, _options.WatchInterval);
    }

    /// <summary>Has what waits flushed at once: what is durable need not be kept.</summary>
    private async Task MakeRoomAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_unsettled.HasAcknowledged)
            {
                await _calls.RepeatableAsync(_what, () => UnlessMoved(_grain.Flush), cancellationToken, _table.Ask);
                await SettleAsync(cancellationToken);
                return;
            }
        }
        catch (QLearningException error)
        {
            _logger.WatchFailed(error, _agentType, _unsettled.Count);
        }
        catch (OperationCanceledException)
        {
            // The caller looks whether he himself or only the waiting has ended.
            return;
        }

        await Task.Delay(_options.WatchInterval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks what is durable, and sends again what another activation may have lost.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var durability = await CallAsync(_grain.GetDurability, cancellationToken);
        _unsettled.Settle(durability);
        _table.Note(durability.Partitions);
        await ResendAsync(durability.Epoch, cancellationToken);
    }

    private void WatchUntilDurable()
    {
        if (_unsettled.HasAcknowledged && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            WatchAsync().ContinueWith(
                failed => _logger.WatchEnded(failed.Exception!, _agentType, _unsettled.Count),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>Asks what is durable while nobody calls, and finds out that a silo is gone.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (_unsettled.HasAcknowledged)
            {
                await Task.Delay(_options.WatchInterval, _time, _stopping);
                await WatchOnceAsync();
            }
        }
        catch (Exception error) when (error is PartsMovedException || (error is OperationCanceledException && _stopping.IsCancellationRequested))
        {
            return;
        }
        finally
        {
            Volatile.Write(ref _isWatching, 0);
        }

        // Something may have been acknowledged after the loop looked and before it said that it ended.
        WatchUntilDurable();
    }

    private async Task WatchOnceAsync()
    {
        if (!_unsettled.HasAcknowledged)
        {
            return;
        }

        try
        {
            await SettleAsync(_stopping);
        }
        catch (QLearningException error)
        {
            // The cluster is away, or its database: what is kept is kept, and the next round tries again.
            _logger.WatchFailed(error, _agentType, _unsettled.Count);
        }
    }
}
