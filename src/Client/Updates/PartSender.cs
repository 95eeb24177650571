using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Client.Connection;
using QLearning.Client.Partitions;

namespace QLearning.Client.Updates;

/// <summary>
/// Sends the updates of one grain so that each counts once and none is lost with a silo: keeps every update until it is durable, and sends
/// it again, with its number, when the silo that acknowledged it is gone. When the Q-table is split otherwise, all goes to other grains.
/// </summary>
internal sealed partial class PartSender : IDisposable
{
    private const int ResentAtOnce = 32;

    private readonly UnsettledUpdates _unsettled;
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
    private readonly UpdateMerger<Transition>? _transitions;
    private readonly UpdateMerger<QValueUpsert>? _upserts;
    private readonly UpdateSender _all;
    private readonly PartitionedTable _table;
    private int _isWatching;
    private volatile bool _isMoved;

    public PartSender(
        string agentType,
        IAgentTypeGrain grain,
        PartitionedTable table,
        UpdateSender all,
        UpdateNumbers numbers,
        ClusterCalls calls,
        UpdateSenderOptions options,
        ILogger logger,
        TimeProvider time)
    {
        (_agentType, _grain, _table, _all, _calls, _options, _logger, _time) = (agentType, grain, table, all, calls, options, logger, time);
        _unsettled = new UnsettledUpdates(numbers);
        numbers.Add(_unsettled);
        _what = $"learn for '{agentType}'";
        _stopping = _stop.Token;
        if (options.MergesCalls)
        {
            _transitions = new((batch, mode) => SendBatchAsync(batch, [], mode, CancellationToken.None), time);
            _upserts = new((batch, mode) => SendBatchAsync([], batch, mode, CancellationToken.None), time);
        }
    }

    /// <summary>What is not settled.</summary>
    public UnsettledUpdates Unsettled => _unsettled;

    /// <summary>Updates that are not sent yet.</summary>
    public int WaitingCount => (_transitions?.WaitingCount ?? 0) + (_upserts?.WaitingCount ?? 0);

    /// <summary>Sends transitions; returns what came of them.</summary>
    public Task<LearnResult[]> SendAsync(Transition[] batch, WriteMode mode, CancellationToken cancellationToken) =>
        _transitions is not null && Enum.IsDefined(mode)
            ? _transitions.SendAsync(batch, mode).WaitAsync(cancellationToken)
            : SendBatchAsync(batch, [], mode, cancellationToken);

    /// <summary>Sends Q-values; returns what came of them.</summary>
    public Task<LearnResult[]> SendAsync(QValueUpsert[] batch, WriteMode mode, CancellationToken cancellationToken) =>
        _upserts is not null && Enum.IsDefined(mode)
            ? _upserts.SendAsync(batch, mode).WaitAsync(cancellationToken)
            : SendBatchAsync([], batch, mode, cancellationToken);

    public void Dispose()
    {
        _transitions?.Dispose();
        _upserts?.Dispose();
        _stop.Cancel();
        _stop.Dispose();
        _resending.Dispose();
    }

    /// <summary>Sends nothing more: other grains own the states. What is under way goes there when it finds out.</summary>
    /// <returns>What was acknowledged and may not be durable; it is kept until <see cref="GiveUp"/>.</returns>
    public SentUpdates[] Move()
    {
        _isMoved = true;
        return _unsettled.AcknowledgedBefore(long.MaxValue);
    }

    /// <summary>Forgets what others keep now.</summary>
    public void GiveUp(SentUpdates[] taken) => Array.ForEach(taken, _unsettled.GiveUp);

    /// <summary>Keeps what another grain acknowledged, and sends it before anything newer.</summary>
    public void Adopt(SentUpdates sent)
    {
        _unsettled.AddAcknowledged(sent);
        WatchUntilDurable();
    }

    /// <summary>Sends what has its number already.</summary>
    public Task<LearnResult[]> SendAsync(SentUpdates sent, CancellationToken cancellationToken) =>
        SendKeptAsync(_unsettled.Add(sent), cancellationToken);

    /// <summary>Sends a batch of its own.</summary>
    public async Task<LearnResult[]> SendBatchAsync(
        Transition[] transitions, QValueUpsert[] upserts, WriteMode mode, CancellationToken cancellationToken)
    {
        SentUpdates sent;
        try
        {
            sent = _isMoved
                ? throw new PartsMovedException()
                : _unsettled.TryAdd(transitions, upserts, mode, _options.MaxUpdates)
                    ?? await AddWhenDurableAsync(transitions, upserts, mode, cancellationToken);
        }
        catch (PartsMovedException)
        {
            return await _all.SendBatchAsync(transitions, upserts, mode, cancellationToken);
        }

        return await SendKeptAsync(sent, cancellationToken);
    }

    private async Task<LearnResult[]> SendKeptAsync(SentUpdates sent, CancellationToken cancellationToken)
    {
        var isAnswered = false;
        try
        {
            var results = await SendUntilLearnedAsync(sent, cancellationToken);
            isAnswered = true;
            return results;
        }
        catch (PartsMovedException)
        {
            // Kept here until it is kept there: the number stays unsettled.
            return await _all.SendMovedAsync(sent, cancellationToken);
        }
        finally
        {
            if (!isAnswered)
            {
                _unsettled.GiveUp(sent);
            }

            if (_isMoved)
            {
                _all.TakeOver(this);
            }
        }
    }

    private async Task<LearnResult[]> SendUntilLearnedAsync(SentUpdates sent, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await CallAsync(() => _grain.Apply(_unsettled.ToBatch(sent, epoch: null)), cancellationToken);
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
            var answer = await CallAsync(() => _grain.Apply(_unsettled.ToBatch(sent, epoch)), cancellationToken);
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

    private Task<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_what, () => UnlessMoved(call), cancellationToken, _table.Ask);

    private T UnlessMoved<T>(Func<T> call) => _isMoved ? throw new PartsMovedException() : call();
}
