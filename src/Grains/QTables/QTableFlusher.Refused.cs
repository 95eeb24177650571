using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>
/// What becomes of rows that PostgreSQL refuses: they stay in memory, and so do the numbers of their updates, of which nobody is told that
/// they are durable. They are tried again by themselves, so that they hold up no others: a few at a time, less and less often. What is
/// changed of them goes with the next flush.
/// </summary>
internal sealed partial class QTableFlusher
{
    // To find out which of many rows are refused takes the lane many trials.
    private const int FewestRetried = 16;

    private QLearningException? _refusal;
    private TaskCompletionSource<QLearningException?>? _retrying;
    private int _retried = FewestRetried;
    private long _triedAgain;
    private TimeSpan _retryPause;
    private long _triedAt;

    /// <summary>Nothing may be written of a state that is being forgotten.</summary>
    private bool IsRetryDue => table.RefusedCount > 0 && !IsHeld && (_retrying is not null || UntilRetry <= TimeSpan.Zero);

    private TimeSpan UntilRetry => _retryPause - time.GetElapsedTime(_triedAt);

    /// <summary>Tries again at once; ends when all that was refused is stored, or some of it is refused again.</summary>
    private Task<QLearningException?> RetryAsync()
    {
        if (IsFenced)
        {
            return Task.FromException<QLearningException?>(FencedError());
        }

        _retrying ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        var retrying = _retrying.Task;
        StartIfIdle();
        return retrying;
    }

    private QChanges TakeRefused()
    {
        var changes = table.TakeRefused(_retried, options.MaxBytesPerBatch, rewards.BytesBeside);
        _triedAgain += changes.Count;
        return changes;
    }

    private void ArmForRetry()
    {
        if (table.RefusedCount > 0 && !IsHeld)
        {
            // Not armed for a flush: what is changed meanwhile does not wait for it.
            host.Arm(UntilRetry > options.FlushInterval ? UntilRetry : options.FlushInterval);
        }
    }

    private void OnRefused(int count, int of, IReadOnlyList<long> updates, Exception error)
    {
        backlog.AddRefused(count);
        host.OnRefused(count, error);
        _refusal = Storage.PostgresErrors.ToCaller($"store {count} of {of} Q-values of '{owner.Key}'", error);
        host.StayAlive();
        _waiters.Refuse(updates, _refusal);
    }

    /// <summary>Tries each row that is refused once more; one that is refused again keeps none behind it from being tried.</summary>
    /// <param name="limit">How long it may take.</param>
    public async Task RetryEachAsync(TimeSpan limit)
    {
        var (began, last) = (time.GetTimestamp(), _triedAgain + table.RefusedCount);
        while (_triedAgain < last && table.RefusedCount > 0 && !IsFenced && time.GetElapsedTime(began) < limit)
        {
            await RetryAsync();
        }
    }

    /// <summary>Nothing of a batch is stored, and its rows wait beside the queue.</summary>
    private void OnAllRefused(QChanges? changes, bool isRetry, FlushOutcome outcome)
    {
        if (changes is not null)
        {
            var isFirst = table.RefusedCount == 0 && !isRetry;
            int[] all = [.. Enumerable.Range(0, changes.Count)];
            table.Complete(changes, new Dictionary<int, long>(), all, rewards.Has);
            Count();
            PauseBeforeRetry(isFirst);
            OnRefused(all.Length, all.Length, [.. changes.UpdateOrders], outcome.Error!);
        }

        if (isRetry)
        {
            Retried(isAllStored: false);
        }
        else if (table.DirtyCount == 0)
        {
            _refused = changes!.Count;
        }

        _waiters.Complete(_taken);
    }

    private void PauseBeforeRetry(bool isFirst) =>
        (_retryPause, _triedAt) = isFirst ? (options.MaxRetryDelay, time.GetTimestamp()) : (_retryPause, _triedAt);

    private void Retried(bool isAllStored)
    {
        if (!isAllStored)
        {
            var longest = options.MaxRetryDelay > _longestPause ? options.MaxRetryDelay : _longestPause;
            var next = _retryPause * 2 < longest ? _retryPause * 2 : longest;
            (_retryPause, _triedAt, _retried) = (next, time.GetTimestamp(), FewestRetried);
            EndRetry(_refusal);
        }
        else if (table.RefusedCount > 0)
        {
            // They are taken now: the others follow at once, more at a time.
            _retried = Math.Min(_retried * 2, options.MaxRowsPerBatch);
        }
        else
        {
            _retried = FewestRetried;
            EndRetry(null);
        }
    }

    /// <summary>What was refused may be stored or forgotten by another way than by being tried again.</summary>
    private void EndNeedlessRetry()
    {
        if (table.RefusedCount == 0)
        {
            EndRetry(null);
        }
    }

    private void EndRetry(QLearningException? refused)
    {
        _retrying?.TrySetResult(refused);
        _retrying = null;
    }
}
