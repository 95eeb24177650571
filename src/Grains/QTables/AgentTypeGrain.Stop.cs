using QLearning.Abstractions;
using QLearning.Grains.SqlChanges;

namespace QLearning.Grains.QTables;

/// <summary>How an activation ends: its calls first, then what waits is written.</summary>
internal sealed partial class AgentTypeGrain : IDisposable
{
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(calls.Limit);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (HasKey)
        {
            active.Remove(Key.AgentType, GrainFactory.GetGrain<ISharedTable>(this.GetPrimaryKeyString()));
        }

        // Not CancelAsync, which would go by way of the thread pool: whoever waits goes on in a turn of this grain anyway.
#pragma warning disable CA1849
        _stopping.Cancel();
#pragma warning restore CA1849
        if (_hot is { Flusher.IsFenced: false } hot)
        {
            try
            {
                // What a call still under way changes while this waits is caught by the next round.
                while (hot.Table.BacklogCount > 0)
                {
                    await hot.Flusher.CommitAsync().WaitAsync(cancellationToken);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or QLearningException)
            {
                logger.Lost(error, this.GetPrimaryKeyString(), reason.ToString(), hot.Table.BacklogCount);
            }
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _hot?.Dispose();
    }

    /// <summary>Waits for the database, but not longer than a stop of the silo allows.</summary>
    /// <exception cref="StorageUnavailableException">The silo stops; the work may go on, unheard.</exception>
    private async Task UntilStopAsync(Task work)
    {
        try
        {
            await work.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new StorageUnavailableException(
                $"The silo of '{this.GetPrimaryKeyString()}' is stopping, and PostgreSQL did not answer in time. Call again.");
        }
    }

    /// <inheritdoc cref="UntilStopAsync(Task)" />
    private async Task<T> UntilStopAsync<T>(Task<T> work)
    {
        if (!work.IsCompleted)
        {
            await UntilStopAsync((Task)work);
        }

        return await work;
    }
}
