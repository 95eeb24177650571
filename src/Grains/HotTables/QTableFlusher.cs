using System.Globalization;
using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.HotTables;

/// <summary>
/// Hands the dirty entries of one Q-table to the silo's flush pump: at the flush interval, or at once when a caller waits for durability.
/// At most one batch is under way; entries dirtied meanwhile belong to the next. Runs in the turns of its grain, so it needs no lock.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="clients">Whose numbered updates are in the table.</param>
/// <param name="pump">Writes batches.</param>
/// <param name="backlog">What waits in the silo.</param>
/// <param name="owner">The grain.</param>
/// <param name="epoch">The grain's fencing token.</param>
/// <param name="ownerId">The id that the activation took its ownership with.</param>
/// <param name="options">Interval and limits.</param>
/// <param name="host">The grain's timer and end.</param>
internal sealed class QTableFlusher(
    QTable table,
    ClientWindows clients,
    IFlushPump pump,
    SiloBacklog backlog,
    AgentTypeKey owner,
    long epoch,
    Guid ownerId,
    WriteBehindOptions options,
    IFlusherHost host) : IDisposable
{
    private List<TaskCompletionSource> _nextWaiters = [];
    private List<TaskCompletionSource> _flightWaiters = [];
    private readonly TaskCompletionSource _fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isUnderWay;
    private bool _isArmed;
    private bool _isDisposed;
    private int _leaving;
    private int _counted;

    /// <summary>The number of the flush that will carry what is changed now.</summary>
    public long NextVersion { get; private set; } = 1;

    /// <summary>The number of the flush that makes all durable that was changed until now; it may be committed already.</summary>
    public long NewestVersion => table.DirtyCount > 0 ? NextVersion : table.BacklogCount > 0 ? NextVersion - 1 : Watermark;

    /// <summary>The newest flush that is committed.</summary>
    public long Watermark { get; private set; }

    /// <summary>Q-values written since activation.</summary>
    public long Written { get; private set; }

    /// <summary>True once a newer activation was found to own the rows, or they were let go.</summary>
    public bool IsFenced => _fenced.Task.IsCompleted;

    /// <summary>Ends when it is fenced.</summary>
    public Task WhenFenced => _fenced.Task;

    /// <summary>Refuses a change that would never be written, or would make the backlog too large.</summary>
    /// <exception cref="FencedException">The rows have, or soon will have, another owner.</exception>
    /// <exception cref="WriteBacklogFullException">The backlog is full.</exception>
    public void CheckChange(int changes)
    {
        if (IsFenced)
        {
            throw FencedError();
        }

        if (_leaving > 0)
        {
            throw new FencedException($"The Q-table of '{owner.AgentType}' is being split otherwise. Call again.");
        }

        if (table.BacklogCount + changes > options.MaxBacklog)
        {
            throw new WriteBacklogFullException(owner.ToString(), table.BacklogCount, options.MaxBacklog, options.MaxRetryDelay);
        }

        backlog.CheckRoom(changes, 0);
    }

    /// <summary>To be called after entries were dirtied.</summary>
    public void Changed()
    {
        Count();
        if (!_isUnderWay && !_isArmed)
        {
            Arm(options.FlushInterval);
        }
    }

    /// <summary>Flushes at once, and ends after the commit of the flush that has everything changed until now.</summary>
    /// <exception cref="FencedException">A newer activation owns the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL refused the rows, or the silo stopped before they were written.</exception>
    public Task CommitAsync()
    {
        if (IsFenced)
        {
            return Task.FromException(FencedError());
        }

        if (table.BacklogCount == 0)
        {
            return Task.CompletedTask;
        }

        var waiters = table.DirtyCount == 0 ? _flightWaiters : _nextWaiters;
        if (waiters.Count == 0)
        {
            // Waiters go on in turns of their own, not inside the end of the flush.
            waiters.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        var commit = waiters[0].Task;
        StartIfIdle();
        return commit;
    }

    /// <summary>Writes what waits and lets the rows go to other grains. Changes are refused only while the rest is written.</summary>
    /// <param name="limit">How long changes may be refused.</param>
    /// <param name="time">Measures it.</param>
    /// <exception cref="FencedException">A newer activation owns the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not take what waits: the rows stay with this grain.</exception>
    public async Task LetGoAsync(TimeSpan limit, TimeProvider time)
    {
        await CommitAsync();
        // Agents that wait for durability and learn again at once would keep something waiting for ever.
        _leaving++;
        try
        {
            while (table.BacklogCount > 0 && !IsFenced)
            {
                await CommitAsync().WaitAsync(limit, time);
            }
        }
        catch (TimeoutException)
        {
            throw new StorageUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"PostgreSQL did not take what '{owner}' has to store within {limit.TotalSeconds} s. It goes on as before."));
        }
        finally
        {
            _leaving--;
        }

        _fenced.TrySetResult();
        Count();
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

    /// <summary>What waits now is nobody's any more: the silo counts it no longer.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Count();
    }

    /// <summary>Tells the silo by how much the backlog moved. Of an activation that will write nothing more, nothing waits.</summary>
    private void Count()
    {
        var waiting = IsFenced || _isDisposed ? 0 : table.BacklogCount;
        if (waiting != _counted)
        {
            backlog.Add(waiting - _counted, 0);
            _counted = waiting;
        }
    }

    private void Arm(TimeSpan due)
    {
        _isArmed = true;
        host.Arm(due);
    }

    private void StartIfIdle()
    {
        if (_isUnderWay || IsFenced || table.DirtyCount == 0)
        {
            return;
        }

        _isUnderWay = true;
        var changes = table.TakeChanges(int.MaxValue);
        (_flightWaiters, _nextWaiters) = (_nextWaiters, []);
        Arm(host.KeepAliveInterval);
        host.Watch(FlushAsync(changes, clients.TakeUnstored(), NextVersion++));
    }

    private async Task FlushAsync(QChanges changes, ClientWindow[] windows, long version)
    {
        var outcome = await pump.WriteAsync(new QTableBatch(owner, epoch, version, new QChangeWrites(changes))
        {
            OwnerId = ownerId,
            Clients = Array.ConvertAll(windows, window => new ClientWindowWrite(window.ClientId, window.Floor, window.Above)),
        });
        // The timer that kept the grain alive must not pass for the one of the next flush.
        (_isUnderWay, _isArmed) = (false, false);
        var waiters = _flightWaiters;
        _flightWaiters = [];
        switch (outcome.Status)
        {
            case FlushStatus.Written:
                OnWritten(changes, version, outcome, waiters);
                break;
            case FlushStatus.Fenced:
                OnFenced(waiters);
                return;
            default:
                clients.Return(windows);
                OnFailed(changes, outcome, waiters);
                return;
        }

        if (_nextWaiters.Count > 0)
        {
            StartIfIdle();
        }
        else if (table.DirtyCount > 0)
        {
            Arm(options.FlushInterval);
        }
    }

    private void OnWritten(QChanges changes, long version, FlushOutcome outcome, List<TaskCompletionSource> waiters)
    {
        Watermark = version;
        Written += changes.Count - outcome.VanishedRowIds.Count - outcome.LeftOut;
        table.ForgetRowIds(changes, outcome.VanishedRowIds);
        table.Complete(changes, outcome.RowIds);
        Count();
        if (outcome.LeftOut > 0)
        {
            // They wait no longer: PostgreSQL would refuse them again with whatever they are sent. The next update of one tries it again.
            backlog.AddRefused(outcome.LeftOut);
            host.OnRefused(outcome.LeftOut, outcome.Error!);
            var error = Storage.PostgresErrors.ToCaller($"store {outcome.LeftOut} of {changes.Count} Q-values of '{owner}'", outcome.Error!);
            waiters.ForEach(waiter => waiter.TrySetException(error));
            return;
        }

        if (outcome.VanishedRowIds.Count > 0)
        {
            // Another program deleted rows that are still hot: they are written anew, and whoever waits, waits for that.
            _nextWaiters.AddRange(waiters);
            return;
        }

        waiters.ForEach(waiter => waiter.TrySetResult());
    }

    private void OnFenced(List<TaskCompletionSource> waiters)
    {
        _fenced.TrySetResult();
        Count();
        waiters.AddRange(_nextWaiters);
        _nextWaiters = [];
        waiters.ForEach(waiter => waiter.TrySetException(FencedError()));
        host.OnFenced();
    }

    private void OnFailed(QChanges changes, FlushOutcome outcome, List<TaskCompletionSource> waiters)
    {
        table.Return(changes);
        var error = Storage.PostgresErrors.ToCaller($"store {changes.Count} Q-values of '{owner}'", outcome.Error!);
        waiters.ForEach(waiter => waiter.TrySetException(error));
        Arm(options.MaxRetryDelay);
    }

    /// <summary>What a caller of an activation that lost its rows is told.</summary>
    public FencedException FencedError() =>
        new($"The activation of '{owner}' with epoch {epoch} lost its rows to a newer one and wrote nothing more. Call again.");
}
