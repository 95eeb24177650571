using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>How the rows are given away, or kept still, with nothing left to write.</summary>
internal sealed partial class QTableFlusher
{
    /// <summary>How long refused rows are tried once more before they are given up.</summary>
    private static readonly TimeSpan _retryAtRelease = TimeSpan.FromSeconds(2);

    private TaskCompletionSource? _held;

    /// <summary>True while something must not meet any change: wait for <see cref="WhenFreeAsync"/> before making one.</summary>
    public bool IsHeld => _held is not null;

    /// <summary>Ends when changes may be made; others may come first.</summary>
    public Task WhenFreeAsync() => _held?.Task ?? Task.CompletedTask;

    /// <summary>
    /// Writes all changes and releases the ownership of the rows. Changes are refused only while the last of them are written. Rows that
    /// PostgreSQL refuses, each tried once more, are lost with that: the table must not stand still for them.
    /// </summary>
    /// <param name="limit">How long changes may be refused.</param>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not take the changes: the rows stay with this owner.</exception>
    public async Task ReleaseAsync(TimeSpan limit)
    {
        if (await TryCommitAsync() is not null)
        {
            // Why most are refused may be over. Those that were learned meanwhile are tried below.
            await RetryEachAsync(_retryAtRelease < limit ? _retryAtRelease : limit);
        }

        // Agents that wait for durability and learn again at once would keep the backlog from ever being empty.
        _releasing++;
        try
        {
            await EmptyAsync(limit);
        }
        finally
        {
            _releasing--;
        }

        if (table.RefusedCount > 0)
        {
            host.OnLost(table.RefusedCount, _refusal!);
        }

        _fenced.TrySetResult();
        Count();
        _retrying?.TrySetException(FencedError());
    }

    /// <summary>Writes all changes, and keeps others waiting until some work has ended that must not meet any.</summary>
    /// <param name="work">The work.</param>
    /// <param name="limit">How long changes may wait until the last of those before are written.</param>
    /// <exception cref="FencedException">A newer owner has the rows.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL did not take the changes.</exception>
    public async Task<T> WhileHeldAsync<T>(Func<Task<T>> work, TimeSpan limit)
    {
        await TryCommitAsync();
        while (_held is { } other)
        {
            await other.Task;
        }

        var held = _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await EmptyAsync(limit);
            return await work();
        }
        finally
        {
            _held = null;
            held.SetResult();
            Count();
            StartIfIdle();
        }
    }

    private async Task EmptyAsync(TimeSpan limit)
    {
        try
        {
            while (table.BacklogCount > table.RefusedCount && !IsFenced)
            {
                await WriteAsync().WaitAsync(limit, time);
            }
        }
        catch (TimeoutException)
        {
            throw new StorageUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"PostgreSQL did not store the changes of '{owner.Key}' within {limit.TotalSeconds} s. It keeps its rows."));
        }
    }

    // Awaited in a turn of the grain: a limit on the waiting itself would have its end run by the thread pool.
    private async Task WriteAsync() => await WhenWrittenAsync(0, table.NewestUpdate);

    /// <summary>To be called when the database has told that a newer owner has the rows.</summary>
    /// <returns>What a caller is told.</returns>
    public FencedException Fenced()
    {
        _fenced.TrySetResult();
        Count();
        _waiters.FailAll(FencedError());
        _retrying?.TrySetException(FencedError());
        host.OnFenced();
        return FencedError();
    }
}
