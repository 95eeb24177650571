using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// A queue with one writer. It takes all that was handed in while its last transaction ran and writes that in one transaction, so that
/// waiters share a commit. When PostgreSQL is away it keeps what it has and tries again, each pause twice as long up to a limit.
/// </summary>
internal sealed class WriteLane<TItem, TOutcome> : IAsyncDisposable
    where TOutcome : class
{
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private static readonly TimeSpan _lastTryLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly ILaneWriter<TItem, TOutcome> _writer;
    private readonly WriteBehindOptions _options;
    private readonly FlushInstruments _instruments;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private volatile Pending? _oldest;

    public WriteLane(
        ILaneWriter<TItem, TOutcome> writer,
        WriteBehindOptions options,
        FlushInstruments instruments,
        ILogger logger,
        TimeProvider time,
        TaskScheduler? scheduler = null)
    {
        (_writer, _options, _instruments, _logger, _time) = (writer, options, instruments, logger, time);
        // A thread of the pool, whoever makes the lane.
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
    }

    /// <summary>How long the oldest item waits that has no outcome yet; zero when none waits.</summary>
    public TimeSpan OldestWait => _oldest is { } oldest ? _time.GetElapsedTime(oldest.HandedInAt) : TimeSpan.Zero;

    public Task<TOutcome> WriteAsync(TItem item)
    {
        var pending = new Pending(item, _time.GetTimestamp());
        return _queue.Writer.TryWrite(pending)
            ? pending.Outcome.Task
            : Task.FromResult(_writer.Fail(FlushStatus.Abandoned, new ObjectDisposedException(GetType().Name)));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
        {
            // Somebody else stops it already.
            await _loop;
            return;
        }

        await _stopping.CancelAsync();
        using (_time.CreateTimer(static lane => ((WriteLane<TItem, TOutcome>)lane!)._givingUp.Cancel(), this, _lastTryLimit, Timeout.InfiniteTimeSpan))
        {
            await _loop;
        }

        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var taken = TakeTransaction();
            _oldest = taken.FirstOrDefault();
            await WriteAllAsync(taken);
            _oldest = null;
        }
    }

    private List<Pending> TakeTransaction()
    {
        var taken = new List<Pending>();
        var rows = 0;
        while (rows < _options.MaxRowsPerTransaction && _queue.Reader.TryRead(out var pending))
        {
            taken.Add(pending);
            rows += _writer.CountRows(pending.Item);
        }

        return taken;
    }

    private async Task WriteAllAsync(List<Pending> waiting)
    {
        var pause = _options.MinRetryDelay;
        var mayBeStored = false;
        var lastTry = _stopping.IsCancellationRequested;
        while (waiting.Count > 0)
        {
            try
            {
                waiting = mayBeStored ? await EndStoredAsync(waiting) : waiting;
                mayBeStored = false;
                await WriteOnceAsync(waiting);
                return;
            }
            catch (Exception error) when (PostgresErrors.IsPassing(error))
            {
                mayBeStored |= !PostgresErrors.IsCertainlyRolledBack(error);
                _instruments.Retried(_writer.Kind);
                _logger.FlushFailed(error, _writer.Kind, waiting.Count, pause);
                if (lastTry)
                {
                    End(waiting, _writer.Fail(FlushStatus.Abandoned, error));
                    return;
                }

                lastTry = !await PauseAsync(pause);
                pause = pause * 2 < _options.MaxRetryDelay ? pause * 2 : _options.MaxRetryDelay;
            }
            catch (OperationCanceledException error) when (_givingUp.IsCancellationRequested)
            {
                End(waiting, _writer.Fail(FlushStatus.Abandoned, error));
                return;
            }
            catch (Exception error) when (waiting.Count == 1)
            {
                // Not only PostgreSQL's refusals: whatever went wrong with this item, its owner must hear of it, and the lane must live on.
                _logger.FlushRefused(error, _writer.Kind, _writer.NameOwner(waiting[0].Item));
                End(waiting, await WithoutRefusedAsync(waiting[0].Item) ?? _writer.Fail(FlushStatus.Refused, error));
                return;
            }
            catch (Exception error)
            {
                // One owner's rows must not hold up the others: each gets a transaction of its own.
                _logger.FlushSplit(error, _writer.Kind, waiting.Count);
                foreach (var one in waiting)
                {
                    await WriteAllAsync([one]);
                }

                return;
            }
        }
    }

    /// <summary>What could be written of a refused item; null: nothing, and its owner hands it in again.</summary>
    private async Task<TOutcome?> WithoutRefusedAsync(TItem item)
    {
        try
        {
            return await _writer.WriteWithoutRefusedAsync(item, CancellationToken.None).WaitAsync(_givingUp.Token);
        }
        catch (Exception error) when (PostgresErrors.IsPassing(error) || error is OperationCanceledException)
        {
            _logger.FlushFailed(error, _writer.Kind, 1, _options.MaxRetryDelay);
            return null;
        }
    }

    /// <summary>Ends the items whose commit went through although its answer was lost, and returns the others.</summary>
    private async Task<List<Pending>> EndStoredAsync(List<Pending> waiting)
    {
        var outcomes = await _writer.FindStoredAsync([.. waiting.Select(pending => pending.Item)], CancellationToken.None).WaitAsync(_givingUp.Token);
        for (var i = 0; i < waiting.Count; i++)
        {
            if (outcomes[i] is { } outcome)
            {
                CountWritten(waiting[i]);
                waiting[i].Outcome.TrySetResult(outcome);
            }
        }

        return [.. waiting.Where((_, i) => outcomes[i] is null)];
    }

    private async Task WriteOnceAsync(List<Pending> waiting)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        var began = _time.GetTimestamp();
        var outcomes = await _writer.WriteAsync([.. waiting.Select(pending => pending.Item)], CancellationToken.None).WaitAsync(_givingUp.Token);
        _instruments.Committed(_writer.Kind, _time.GetElapsedTime(began));
        for (var i = 0; i < waiting.Count; i++)
        {
            if (_writer.IsFenced(outcomes[i]))
            {
                _instruments.FencedOff();
                _logger.FlushFenced(_writer.NameOwner(waiting[i].Item), _writer.CountRows(waiting[i].Item));
            }
            else
            {
                CountWritten(waiting[i]);
            }

            waiting[i].Outcome.TrySetResult(outcomes[i]);
        }
    }

    private void CountWritten(Pending pending) =>
        _instruments.Written(_writer.Kind, _writer.CountRows(pending.Item), _time.GetElapsedTime(pending.HandedInAt));

    /// <summary>Waits; false when the lane is stopping, which ends the wait: the next try is the last.</summary>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void End(List<Pending> waiting, TOutcome outcome)
    {
        foreach (var pending in waiting)
        {
            pending.Outcome.TrySetResult(outcome);
        }
    }

    private sealed record Pending(TItem Item, long HandedInAt)
    {
        // The owner goes on in its own turn, not inside the lane.
        public TaskCompletionSource<TOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
