using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// A queue with one writer. It takes what was handed in while its last transaction ran, bounded by rows and bytes, and writes that in one
/// transaction, so that waiters share a commit. When PostgreSQL is away it keeps what it has and tries again, each pause twice as long up
/// to a limit; a transaction that took too long is made smaller first. Whatever is thrown reaches the waiters: the lane ends with its silo
/// only.
/// </summary>
internal sealed class WriteLane<TItem, TOutcome> : IAsyncDisposable
    where TOutcome : class
{
    /// <summary>
    /// How often a transaction that lost a race for locks is tried again at once, before it pauses as after any other failure.
    /// </summary>
    private const int MaxRaces = 5;

    private static readonly TimeSpan _lastTryLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly ILaneWriter<TItem, TOutcome> _writer;
    private readonly WriteBehindOptions _options;
    private readonly FlushInstruments _instruments;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly LaneQueue<TItem, TOutcome> _queue;
    private readonly Task _loop;
    private volatile PendingWrite<TItem, TOutcome>? _oldest;
    private volatile bool _isStopped;

    public WriteLane(
        ILaneWriter<TItem, TOutcome> writer,
        WriteBehindOptions options,
        FlushInstruments instruments,
        ILogger logger,
        TimeProvider time,
        TaskScheduler? scheduler = null)
    {
        (_writer, _options, _instruments, _logger, _time) = (writer, options, instruments, logger, time);
        _queue = new LaneQueue<TItem, TOutcome>(writer, options);
        // Always on a thread of the pool.
        _loop = Task.Factory.StartNew(
            RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
    }

    /// <summary>How long the oldest item waits that has no outcome yet; zero when none waits.</summary>
    public TimeSpan OldestWait => _oldest is { } oldest ? _time.GetElapsedTime(oldest.HandedInAt) : TimeSpan.Zero;

    /// <summary>False when the loop has ended although the lane was not stopped.</summary>
    public bool IsRunning => !_loop.IsCompleted || _isStopped;

    public Task<TOutcome> WriteAsync(TItem item)
    {
        var pending = new PendingWrite<TItem, TOutcome>(item, _time.GetTimestamp());
        return _queue.TryAdd(pending)
            ? pending.Outcome.Task
            : Task.FromResult(_writer.Fail(FlushStatus.Abandoned, new ObjectDisposedException(GetType().Name)));
    }

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        if (!_queue.TryClose())
        {
            // It is being stopped already.
            await _loop;
            return;
        }

        await _stopping.CancelAsync();
        using (_time.CreateTimer(
            static lane => ((WriteLane<TItem, TOutcome>)lane!)._givingUp.Cancel(), this, _lastTryLimit, Timeout.InfiniteTimeSpan))
        {
            await _loop;
        }

        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private async Task RunAsync()
    {
        // Not part of the trace of whoever made the lane.
        Activity.Current = null;
        while (await _queue.WaitAsync())
        {
            var taken = _queue.Take();
            _oldest = _queue.Oldest(taken.FirstOrDefault());
            try
            {
                await WriteAllAsync(taken);
            }
            catch (Exception error)
            {
                // Nothing that is known gets here. The owners keep what they have and hand it in again.
                End(taken.Where(pending => !_queue.IsPutBack(pending)), _writer.Fail(FlushStatus.Refused, error));
                TryLog(() => _logger.LaneFailed(error, _writer.Kind, taken.Count));
            }

            _oldest = _queue.Oldest(taken: null);
        }
    }

    private async Task WriteAllAsync(List<PendingWrite<TItem, TOutcome>> waiting)
    {
        var pause = _options.MinRetryDelay;
        var races = 0;
        var lastTry = _stopping.IsCancellationRequested;
        while (waiting.Count > 0)
        {
            try
            {
                waiting = await EndStoredAsync(waiting);
                await WriteOnceAsync(waiting);
                return;
            }
            catch (Exception error) when (PostgresErrors.IsLostRace(error) && ++races % (MaxRaces + 1) != 0)
            {
                _instruments.Retried(_writer.Kind);
                _logger.FlushFailed(error, _writer.Kind, waiting.Count, TimeSpan.Zero);
            }
            catch (Exception error) when (PostgresErrors.IsLocked(error) && (!lastTry || waiting.Count > 1))
            {
                await SetAsideAsync(waiting, error);
                return;
            }
            catch (Exception error) when (PostgresErrors.IsPassing(error))
            {
                _instruments.Retried(_writer.Kind);
                _logger.FlushFailed(error, _writer.Kind, waiting.Count, pause);
                waiting.ForEach(pending => pending.MayBeStored |= !PostgresErrors.IsCertainlyRolledBack(error));
                if (lastTry)
                {
                    End(waiting, _writer.Fail(FlushStatus.Abandoned, error));
                    return;
                }

                var statement = StatementOf(waiting);
                waiting = PostgresErrors.IsPerhapsTooLarge(error) ? _queue.Halve(waiting) : waiting;
                if (waiting is [var slow] && PostgresErrors.IsOutOfTime(error))
                {
                    // Too large, or a lock that the server's or Npgsql's limit told first.
                    slow.Largest = TransactionLimit.Smaller(statement);
                    SetAside(slow);
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
                End(waiting, await WithoutRefusedAsync(waiting[0]) ?? _writer.Fail(FlushStatus.Refused, error));
                return;
            }
            catch (Exception error)
            {
                // One owner's rows must not hold up the others.
                _logger.FlushSplit(error, _writer.Kind, waiting.Count);
                await WriteEachAsync(waiting);
                return;
            }
        }
    }

    /// <summary>
    /// Another transaction holds a row of one of them, maybe for long: which one is found by writing each by itself, and that one is
    /// tried again later, so that the others of the lane go on.
    /// </summary>
    private async Task SetAsideAsync(List<PendingWrite<TItem, TOutcome>> waiting, Exception error)
    {
        _instruments.Retried(_writer.Kind);
        if (waiting is [var locked])
        {
            _logger.FlushFailed(error, _writer.Kind, 1, SetAside(locked));
            return;
        }

        await WriteEachAsync(waiting);
    }

    /// <summary>
    /// Writes each by itself. Where one waits for a lock the others of its owner wait with it: the lane must not stand still for each.
    /// </summary>
    private async Task WriteEachAsync(List<PendingWrite<TItem, TOutcome>> waiting)
    {
        var heldUp = new Dictionary<string, Task>(StringComparer.Ordinal);
        foreach (var one in waiting)
        {
            if (heldUp.TryGetValue(one.Owner, out var until) && !_stopping.IsCancellationRequested)
            {
                // Likely to need the same row: the others must not wait for each of them.
                _queue.SetAside(one, until);
                continue;
            }

            await WriteAllAsync([one]);
            if (_queue.IsPutBack(one))
            {
                heldUp[one.Owner] = one.Pause;
            }
        }
    }

    private TimeSpan SetAside(PendingWrite<TItem, TOutcome> pending)
    {
        var pause = TimeSpan.FromTicks(
            Math.Min(_options.MinRetryDelay.Ticks << Math.Min(pending.Locks++, 16), _options.MaxRetryDelay.Ticks));
        _queue.SetAside(pending, PauseAsync(pause));
        return pause;
    }

    /// <summary>The most that a statement for these may write.</summary>
    private WriteSize StatementOf(List<PendingWrite<TItem, TOutcome>> waiting) =>
        waiting.Aggregate(_queue.Limit.Now, (size, pending) => pending.Largest is { } largest ? largest.AtMost(size) : size);

    /// <summary>What could be written of a refused item; null: nothing, and its owner hands it in again.</summary>
    private async Task<TOutcome?> WithoutRefusedAsync(PendingWrite<TItem, TOutcome> refused)
    {
        try
        {
            return await _writer.WriteWithoutRefusedAsync(refused.Item, StatementOf([refused]), CancellationToken.None)
                .WaitAsync(_givingUp.Token);
        }
        catch (Exception error)
        {
            _logger.FlushFailed(error, _writer.Kind, 1, _options.MaxRetryDelay);
            return null;
        }
    }

    /// <summary>Ends the items whose commit went through although its answer was lost, and returns the others.</summary>
    private async Task<List<PendingWrite<TItem, TOutcome>>> EndStoredAsync(List<PendingWrite<TItem, TOutcome>> waiting)
    {
        var doubtful = waiting.FindAll(pending => pending.MayBeStored);
        if (doubtful.Count == 0)
        {
            return waiting;
        }

        var outcomes = await _writer.FindStoredAsync([.. doubtful.Select(pending => pending.Item)], CancellationToken.None)
            .WaitAsync(_givingUp.Token);
        for (var i = 0; i < doubtful.Count; i++)
        {
            doubtful[i].MayBeStored = false;
            if (outcomes[i] is { } outcome)
            {
                CountWritten(doubtful[i]);
                doubtful[i].Outcome.TrySetResult(outcome);
            }
        }

        return waiting.FindAll(pending => !pending.Outcome.Task.IsCompleted);
    }

    private async Task WriteOnceAsync(List<PendingWrite<TItem, TOutcome>> waiting)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        var began = _time.GetTimestamp();
        var outcomes = await FlushSpan.AroundAsync(
            _writer.Kind,
            waiting.Select(pending => _writer.CallsOf(pending.Item)),
            () => _writer.WriteAsync([.. waiting.Select(pending => pending.Item)], StatementOf(waiting), CancellationToken.None)
                .WaitAsync(_givingUp.Token));
        _queue.Limit.Grow();
        _instruments.Committed(_writer.Kind, _time.GetElapsedTime(began));
        for (var i = 0; i < waiting.Count; i++)
        {
            if (_writer.IsFenced(outcomes[i]))
            {
                _instruments.FencedOff();
                _logger.FlushFenced(_writer.NameOwner(waiting[i].Item), (int)waiting[i].Size.Rows);
            }
            else
            {
                CountWritten(waiting[i]);
            }

            waiting[i].Outcome.TrySetResult(outcomes[i]);
        }
    }

    private void CountWritten(PendingWrite<TItem, TOutcome> pending) =>
        _instruments.Written(_writer.Kind, (int)pending.Size.Rows, _time.GetElapsedTime(pending.HandedInAt));

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

    /// <summary>A log that fails must not end the lane.</summary>
    private static void TryLog(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // There is no other place to report it.
        }
    }

    private static void End(IEnumerable<PendingWrite<TItem, TOutcome>> waiting, TOutcome outcome)
    {
        foreach (var pending in waiting)
        {
            pending.Outcome.TrySetResult(outcome);
        }
    }
}
