using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// How the sender bounds what it keeps: updates that are not durable are kept by the caller's memory, and flushing makes room for more.
/// </summary>
internal sealed partial class UpdateSender
{
    private int _isMakingRoom;

    /// <summary>Keeps room for updates. When half is taken room is made ahead of need, so that callers seldom wait for it.</summary>
    private Task ReserveAsync(int room, CancellationToken cancellationToken)
    {
        if (!_list.TryReserve(room))
        {
            return MakeRoomAsync(room, cancellationToken);
        }

        if (_list.IsHalfFull && Interlocked.Exchange(ref _isMakingRoom, 1) == 0)
        {
            _ = MakeRoomAheadAsync();
        }

        return Task.CompletedTask;
    }

    private async Task MakeRoomAheadAsync()
    {
        // Not part of the call that began it.
        Activity.Current = null;
        try
        {
            while (_list.IsHalfFull && !_stopping.IsCancellationRequested && await TryFlushAsync())
            {
                // What was acknowledged meanwhile may need the next flush.
            }
        }
        finally
        {
            Volatile.Write(ref _isMakingRoom, 0);
        }
    }

    /// <summary>Waits until there is room for updates, by having what waits flushed: what is durable need not be kept.</summary>
    private async Task MakeRoomAsync(int room, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (!_list.TryReserve(room))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_time.GetElapsedTime(began) >= _options.WaitFor)
            {
                throw new WriteBacklogFullException(_agentType, _list.Count, _options.MaxUpdates, _options.WatchInterval);
            }

            if (!await TryFlushAsync())
            {
                if (_stopping.IsCancellationRequested)
                {
                    throw new ClusterUnavailableException($"The client was disposed of while updates of '{_agentType}' waited for room.");
                }

                await PauseAsync(_options.WatchInterval, cancellationToken);
            }
        }
    }

    /// <summary>Flushes, once for all who want it now; false when nothing came of it.</summary>
    private async Task<bool> TryFlushAsync()
    {
        var before = _list.Count;
        try
        {
            if (!_list.HasAcknowledged)
            {
                return false;
            }

            await FlushJointlyAsync(_stopping);
        }
        catch (QLearningException error)
        {
            _logger.WatchFailed(error, _agentType, _list.Count);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Whoever waits tells its caller why.
            return false;
        }

        return _list.Count < before;
    }
}
