using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>How an activation ends: its calls first, then what waits is written.</summary>
internal sealed partial class AgentTypeGrain : IDisposable
{
    /// <summary>How often nothing less waits after a round before a stop gives up.</summary>
    private const int FailuresAtStop = 2;

    private static readonly TimeSpan _retryAtStop = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(calls.Limit);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (HasKey)
        {
            active.Remove(Key.AgentType, OwnReference);
        }

        // Not CancelAsync, which would go by way of the thread pool: whoever waits goes on in a turn of this grain anyway.
#pragma warning disable CA1849
        _stopping.Cancel();
#pragma warning restore CA1849
        if (_hot is { Flusher.IsFenced: false } hot && await WriteAllAsync(hot, cancellationToken) is { } error)
        {
            logger.Lost(error, this.GetPrimaryKeyString(), reason.ToString(), hot.Table.BacklogCount);
        }
    }

    /// <summary>
    /// Writes all that waits, round after round while there is less of it each time: a row that PostgreSQL refuses must not take others
    /// along, nor may a batch that is refused whole.
    /// </summary>
    /// <returns>Null, or why something is not written.</returns>
    private static async Task<Exception?> WriteAllAsync(HotTable hot, CancellationToken cancellationToken)
    {
        var (table, error) = (hot.Table, (Exception?)null);
        for (var (left, failures) = (int.MaxValue, 0); table.BacklogCount > 0 && !hot.Flusher.IsFenced && failures < FailuresAtStop;)
        {
            try
            {
                error = await hot.Flusher.TryCommitAsync().WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException cancelled)
            {
                return cancelled;
            }
            catch (QLearningException failed)
            {
                error = failed;
            }

            // What a call still under way changes while this waits is caught by the next round.
            var waiting = table.BacklogCount - table.RefusedCount;
            if (waiting == 0)
            {
                error = table.RefusedCount > 0 ? await RetryAsync(hot, cancellationToken) ?? error : error;
                break;
            }

            failures = waiting < left ? 0 : failures + 1;
            left = waiting;
        }

        return table.BacklogCount > 0 ? error : null;
    }

    /// <summary>What was refused is tried once more, row by row: why it was may be over for most.</summary>
    private static async Task<Exception?> RetryAsync(HotTable hot, CancellationToken cancellationToken)
    {
        try
        {
            await hot.Flusher.RetryEachAsync(_retryAtStop).WaitAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (error is OperationCanceledException or QLearningException)
        {
            return error;
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _hot?.Dispose();
    }

    /// <summary>Waits for the database, but not longer than a stop of the silo allows.</summary>
    /// <param name="work">The work; when the stop waits no longer it may go on, unheard.</param>
    /// <param name="tell">The error that says so to the caller, from its message; null: <see cref="StorageUnavailableException"/>.</param>
    private async Task<T> UntilStopAsync<T>(Task<T> work, Func<string, QLearningException>? tell = null)
    {
        try
        {
            return await work.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            if (work.IsCompleted)
            {
                // It ended in the same moment: what came of it counts.
                return await work;
            }

            var message = $"The silo of '{this.GetPrimaryKeyString()}' is stopping, and PostgreSQL did not answer in time. Call again.";
            throw tell?.Invoke(message) ?? new StorageUnavailableException(message);
        }
    }

    private static StorageUnavailableException InDoubt(string message) => new(message) { MayHaveTakenEffect = true };

    /// <inheritdoc cref="UntilStopAsync{T}" />
    private Task<bool> UntilStopAsync(Task work, Func<string, QLearningException>? tell = null)
    {
        return UntilStopAsync(AsResultAsync(), tell);

        async Task<bool> AsResultAsync()
        {
            await work;
            return true;
        }
    }
}
