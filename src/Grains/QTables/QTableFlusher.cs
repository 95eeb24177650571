using System.Diagnostics;
using QLearning.Abstractions;
using QLearning.Grains.Rewards;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>
/// Hands the changes of one partition to the flush pump: bounded batches, one in flight, those that changed first go first. What is changed
/// meanwhile belongs to a later batch. It knows who waits for which changes, and whether this owner has been fenced.
/// </summary>
internal sealed partial class QTableFlusher(
    QTable table,
    LateRewards rewards,
    IFlushPump pump,
    SiloBacklog backlog,
    PartitionOwner owner,
    WriteBehindOptions options,
    IFlusherHost host,
    TimeProvider time) : IDisposable
{
    /// <summary>The longest pause before rows are tried again that PostgreSQL refused and that were not changed since.</summary>
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    // What it takes in memory; on its way it is less.
    private const int BytesPerUpdate = 40;

    // An update of a Q-value that waits already costs no interlocked addition each time.
    private const int BytesNotCounted = 4096;

    private readonly TaskCompletionSource _fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FlushWaiters _waiters = new();
    private readonly FlushCalls _calls = new();
    private bool _isUnderWay;
    private bool _isArmed;
    private bool _isDisposed;
    private int _releasing;
    private int _refused;
    private TimeSpan _pause;
    private (int Count, long Bytes) _counted;
    private long _flushes;
    private long _taken;

    /// <summary>The number of the newest flush that is committed.</summary>
    public long Watermark { get; private set; }

    /// <summary>Q-values written since activation.</summary>
    public long Written { get; private set; }

    /// <summary>True once a newer owner was found, or the rows were released.</summary>
    public bool IsFenced => _fenced.Task.IsCompleted;

    /// <summary>Refuses a change that would never be written.</summary>
    /// <exception cref="FencedException">The rows have, or soon will have, another owner.</exception>
    public void CheckOwner()
    {
        if (IsFenced)
        {
            throw FencedError(isBeforeLearning: true);
        }

        if (_releasing > 0)
        {
            throw new FencedException($"The Q-table of '{owner.Key.AgentType}' is being repartitioned; retry.") { IsBeforeLearning = true };
        }
    }

    /// <summary>Refuses a change that would make the backlog too large.</summary>
    /// <exception cref="WriteBacklogFullException">The backlog is full.</exception>
    public void CheckRoom(int changes, long bytes)
    {
        bytes += (long)changes * BytesPerUpdate;
        if (table.BacklogCount + changes > options.MaxBacklog)
        {
            throw new WriteBacklogFullException(owner.Key.ToString(), table.BacklogCount, options.MaxBacklog, options.MaxRetryDelay);
        }

        if (BacklogBytes + bytes > options.MaxBacklogBytes)
        {
            throw WriteBacklogFullException.OfBytes(owner.Key.ToString(), BacklogBytes, options.MaxBacklogBytes, options.MaxRetryDelay);
        }

        backlog.CheckRoom(changes, bytes);
    }

    /// <summary>To be called after entries were dirtied.</summary>
    public void Changed()
    {
        _calls.Note();
        Count();
        // What is changed, also while a flush is under way, must not wait as long as what was refused many times.
        _pause = TimeSpan.Zero;
        if (_isUnderWay || (_isArmed && _refused == 0))
        {
            return;
        }

        // What is changed may be taken now. To find out that each of many rows is refused takes the lane some time, so that is not done
        // often.
        Arm(_refused > 1 ? options.MaxRetryDelay : options.FlushInterval);
        _refused = 0;
    }

    /// <summary>
    /// Flushes at once, and ends when all is committed that was changed until now. What PostgreSQL refused before is tried once more.
    /// </summary>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL refuses a row, or the silo stopped before all was written.</exception>
    public async Task CommitAsync()
    {
        if (await TryCommitAsync() is { } refused)
        {
            throw refused;
        }
    }

    /// <summary>As <see cref="CommitAsync()"/>; rows that PostgreSQL refuses stay in memory.</summary>
    /// <returns>Null, or why PostgreSQL refuses some.</returns>
    public async Task<QLearningException?> TryCommitAsync()
    {
        var refused = await WhenWrittenAsync(0, table.NewestUpdate);
        if (refused is null && table.RefusedCount > 0)
        {
            // What is changed while it is tried again goes the way of all changes.
            refused = await RetryAsync() ?? await WhenWrittenAsync(0, table.NewestUpdate);
        }

        return refused;
    }

    /// <summary>Flushes at once, and ends when some updates are committed, or refused.</summary>
    /// <param name="first">The place of the first of these updates.</param>
    /// <param name="last">The place of the last.</param>
    /// <returns>Null, or why PostgreSQL refuses to store one of them; that may have been before this call.</returns>
    public Task<QLearningException?> CommitAsync(long first, long last) => !IsFenced && table.IsRefused(first, last)
        ? Task.FromResult(_refusal)
        : WhenWrittenAsync(first, last);

    private Task<QLearningException?> WhenWrittenAsync(long first, long last)
    {
        if (IsFenced)
        {
            return Task.FromException<QLearningException?>(FencedError());
        }

        if (table.BacklogCount == table.RefusedCount)
        {
            return Task.FromResult<QLearningException?>(null);
        }

        var commit = _waiters.Add(_taken + table.DirtyCount, first, last);
        StartIfIdle();
        return commit;
    }

    /// <summary>The grain's timer has fired.</summary>
    public void OnTimer()
    {
        _isArmed = false;
        if (_isUnderWay)
        {
            // PostgreSQL is slow or away: the grain must not be collected with changes that only it has.
            host.StayAlive();
            Arm(host.KeepAliveInterval);
            return;
        }

        StartIfIdle();
    }

    /// <summary>Drops the changes from the silo's backlog count.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Count();
    }

    /// <summary>What a caller of an owner that lost its rows is told.</summary>
    /// <param name="isBeforeLearning">Whether nothing was learned of the call.</param>
    public FencedException FencedError(bool isBeforeLearning = false) =>
        new($"The owner of '{owner.Key}' with epoch {owner.Epoch} lost its rows to a newer one and wrote nothing more. Call again.")
        {
            IsBeforeLearning = isBeforeLearning,
        };

    /// <summary>
    /// About how many bytes wait: Q-values, the numbers of their updates, and late rewards. One Q-value may have very many of these, and
    /// all go in one transaction.
    /// </summary>
    private long BacklogBytes => table.BacklogBytes + ((long)table.UnstoredUpdateCount * BytesPerUpdate) + rewards.ByteCount;

    /// <summary>Tells the silo by how much the backlog moved. An owner that will write nothing more has none.</summary>
    private void Count()
    {
        var (count, bytes) = IsFenced || _isDisposed ? (0, 0L) : (table.BacklogCount, BacklogBytes);
        if (count != _counted.Count || Math.Abs(bytes - _counted.Bytes) >= BytesNotCounted)
        {
            backlog.Add(count - _counted.Count, bytes - _counted.Bytes);
            _counted = (count, bytes);
        }
    }

    private void Arm(TimeSpan due)
    {
        _isArmed = true;
        host.Arm(due);
    }

    private void StartIfIdle()
    {
        if (_isUnderWay || IsFenced)
        {
            return;
        }

        EndNeedlessRetry();
        var isRetry = IsRetryDue;
        if (isRetry || table.DirtyCount > 0)
        {
            _isUnderWay = true;
            Arm(host.KeepAliveInterval);
            host.Watch(FlushAsync(isRetry));
        }
        else
        {
            ArmForRetry();
        }
    }

    private async Task FlushAsync(bool isRetry)
    {
        QChanges? changes = null;
        IReadOnlyList<ActivityContext> calls = [];
        FlushOutcome outcome;
        try
        {
            changes = isRetry
                ? TakeRefused()
                : table.TakeChanges(options.MaxRowsPerBatch, options.MaxBytesPerBatch, rewards.BytesBeside);
            _taken += isRetry ? 0 : changes.Count;
            calls = _calls.Take();
            outcome = await pump.WriteAsync(Batch(changes, ++_flushes, calls));
        }
        catch (Exception error)
        {
            // Nothing that is known gets here. The waiters must hear of it all the same, and the partition must not stand still.
            outcome = new FlushOutcome(FlushStatus.Abandoned, new Dictionary<int, long>(), error);
            End(changes, calls, isRetry, outcome);
            throw;
        }

        End(changes, calls, isRetry, outcome);
    }

    private QTableBatch Batch(QChanges changes, long number, IReadOnlyList<ActivityContext> calls)
    {
        var windows = ClientWindows.WindowsOf(changes);
        return new QTableBatch(owner.Key, owner.Epoch, number, changes)
        {
            OwnerId = owner.Id,
            After = Watermark,
            Clients = windows.All,
            ClientsWithout = windows.Without,
            Rewards = rewards.Of(changes),
            Calls = calls,
        };
    }
}
