using Microsoft.Extensions.Logging;
using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// Sends the updates of one grain so that each counts once and none is lost with a silo: keeps every update until it is durable, and sends
/// it again, with its number, when the silo that acknowledged it is gone.
/// </summary>
internal sealed class UpdateSender : IDisposable
{
    private const int ResentAtOnce = 32;

    private readonly Guid _clientId = Guid.NewGuid();
    private readonly UnsettledUpdates _unsettled = new();
    private readonly SemaphoreSlim _resending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private readonly string _agentType;
    private readonly string _what;
    private readonly IAgentTypeGrain _grain;
    private readonly ClusterCalls _calls;
    private readonly UpdateSenderOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private int _isWatching;

    public UpdateSender(
        string agentType, IAgentTypeGrain grain, ClusterCalls calls, UpdateSenderOptions options, ILogger logger, TimeProvider time)
    {
        (_agentType, _grain, _calls, _options, _logger, _time) = (agentType, grain, calls, options, logger, time);
        _what = $"learn for '{agentType}'";
        _stopping = _stop.Token;
    }

    /// <summary>Updates that may be lost with a silo, and those without an answer.</summary>
    public int UnsettledCount => _unsettled.Count;

    /// <summary>Sends a batch; returns what came of it.</summary>
    public async Task<LearnResult[]> SendAsync(
        Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, CancellationToken cancellationToken)
    {
        var sent = _unsettled.TryAdd(transitions, upserts, mode, _options.MaxUpdates)
            ?? await AddWhenDurableAsync(transitions, upserts, mode, cancellationToken);
        var isAnswered = false;
        try
        {
            var results = await SendUntilLearnedAsync(sent, cancellationToken);
            isAnswered = true;
            return results;
        }
        finally
        {
            if (!isAnswered)
            {
                _unsettled.GiveUp(sent);
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _resending.Dispose();
    }

    private async Task<LearnResult[]> SendUntilLearnedAsync(SentUpdates sent, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await CallAsync(() => _grain.Apply(_unsettled.ToBatch(sent, _clientId, epoch: null)), cancellationToken);
            if (answer.Results is { } results)
            {
                _unsettled.Acknowledge(sent, answer);
                WatchUntilDurable();
                return results;
            }

            await ResendAsync(answer.Epoch, cancellationToken);
        }
    }

    /// <summary>Sends again what older activations acknowledged and may have lost, before anything newer is learned.</summary>
    private async Task ResendAsync(long epoch, CancellationToken cancellationToken)
    {
        await _resending.WaitAsync(cancellationToken);
        try
        {
            for (var left = _unsettled.AcknowledgedBefore(epoch); left.Length > 0; left = _unsettled.AcknowledgedBefore(epoch))
            {
                _logger.Resending(_agentType, left.Length, epoch);
                foreach (var some in left.Chunk(ResentAtOnce))
                {
                    var newer = await Task.WhenAll(some.Select(sent => ResendAsync(sent, epoch, cancellationToken)));
                    epoch = Math.Max(epoch, newer.Max());
                }
            }
        }
        finally
        {
            _resending.Release();
        }
    }

    /// <returns>The activation that answered.</returns>
    private async Task<long> ResendAsync(SentUpdates sent, long epoch, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync(() => _grain.Apply(_unsettled.ToBatch(sent, _clientId, epoch)), cancellationToken);
            if (answer.Results is not null)
            {
                _unsettled.Acknowledge(sent, answer);
            }

            return answer.Epoch;
        }
        catch (QLearningException error) when (error is InvalidInputException or UnknownAgentTypeException)
        {
            // It was allowed when it was learned; since then its agent type was switched off or deleted.
            _logger.Refused(error, _agentType, sent.Count);
            _unsettled.GiveUp(sent);
            return epoch;
        }
    }

    private async Task<SentUpdates> AddWhenDurableAsync(
        Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < _options.WaitFor)
        {
            await Task.Delay(_options.WatchInterval, _time, cancellationToken);
            if (_unsettled.TryAdd(transitions, upserts, mode, _options.MaxUpdates) is { } sent)
            {
                return sent;
            }
        }

        throw new WriteBacklogFullException(_agentType, _unsettled.Count, _options.MaxUpdates, _options.WatchInterval);
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
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
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
            var durability = await CallAsync(_grain.GetDurability, _stopping);
            _unsettled.Settle(durability);
            await ResendAsync(durability.Epoch, _stopping);
        }
        catch (QLearningException error)
        {
            // The cluster is away, or its database: what is kept is kept, and the next round tries again.
            _logger.WatchFailed(error, _agentType, _unsettled.Count);
        }
    }

    private Task<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_what, call, cancellationToken);
}
