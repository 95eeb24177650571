using System.Diagnostics;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>How a batch in flight ends, and what follows it.</summary>
internal sealed partial class QTableFlusher
{
    private void End(QChanges? changes, IReadOnlyList<ActivityContext> calls, bool isRetry, FlushOutcome outcome)
    {
        // The timer that kept the grain alive must not pass for the one of the next flush.
        (_isUnderWay, _isArmed) = (false, false);
        try
        {
            switch (outcome.Status)
            {
                case FlushStatus.Written:
                    OnWritten(changes!, isRetry, outcome);
                    break;
                case FlushStatus.Fenced:
                    Fenced();
                    return;
                case var status when isRetry || (status == FlushStatus.Refused && outcome.LeftOut.Count > 0):
                    OnAllRefused(changes, isRetry, outcome);
                    break;
                default:
                    OnNotWritten(changes, calls, outcome);
                    return;
            }
        }
        catch (Exception)
        {
            // Who knows what is stored now: another owner reads it, and clients send it what it does not have.
            Fenced();
            throw;
        }

        GoOn();
    }

    private void GoOn()
    {
        EndNeedlessRetry();
        if (_waiters.Any || IsRetryDue || table.DirtyCount >= options.MaxRowsPerBatch
            || (table.DirtyCount > 0 && BacklogBytes >= options.MaxBytesPerBatch))
        {
            StartIfIdle();
        }
        else if (table.DirtyCount > 0)
        {
            Arm(options.FlushInterval);
        }
        else
        {
            ArmForRetry();
        }
    }

    private void OnNotWritten(QChanges? changes, IReadOnlyList<ActivityContext> calls, FlushOutcome outcome)
    {
        if (changes is not null)
        {
            _taken -= changes.Count;
            // No row of a refused batch may be good: those that wait behind it must not wait for ever.
            table.Return(changes, behind: outcome.Status == FlushStatus.Refused);
            _calls.Return(calls);
        }

        var count = changes?.Count ?? table.DirtyCount;
        _waiters.FailAll(Storage.PostgresErrors.ToCaller($"store {count} Q-values of '{owner.Key}'", outcome.Error!));
        Arm(PauseAfter(outcome.Status, changes?.Count ?? 0));
    }

    /// <summary>Rows that were refused are tried again less and less often, until something is changed.</summary>
    private TimeSpan PauseAfter(FlushStatus status, int rows)
    {
        _refused = status == FlushStatus.Refused ? rows : 0;
        _pause = _refused == 0 || _pause == TimeSpan.Zero ? options.MaxRetryDelay : _pause * 2;
        _pause = _pause < _longestPause || options.MaxRetryDelay > _longestPause ? _pause : _longestPause;
        return _pause;
    }

    private void OnWritten(QChanges changes, bool isRetry, FlushOutcome outcome)
    {
        Watermark = _flushes;
        (_refused, _pause) = (0, TimeSpan.Zero);
        Written += changes.Count - outcome.LeftOut.Count;
        var refused = outcome.LeftOut.Count > 0 ? changes.UpdatesOf(outcome.LeftOut) : [];
        ClientWindows.Stored(changes, outcome.LeftOut);
        rewards.Stored(changes, refused);
        var isFirst = table.RefusedCount == 0 && !isRetry;
        table.Complete(changes, outcome.RowIds, outcome.LeftOut, rewards.Has);
        Count();
        if (outcome is { Error: { } error, LeftOut.Count: 0 })
        {
            // The row of a late reward whose Q-value is gone.
            host.OnRefused(1, error);
        }

        if (outcome.LeftOut.Count > 0)
        {
            PauseBeforeRetry(isFirst);
            OnRefused(outcome.LeftOut.Count, changes.Count, refused, outcome.Error!);
        }

        if (isRetry)
        {
            Retried(isAllStored: outcome.LeftOut.Count == 0);
        }

        _waiters.Complete(_taken);
    }
}
