using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>How the sender has owners flush, and forget.</summary>
internal sealed partial class UpdateSender
{
    private readonly Lock _flushGate = new();
    private Task _flushing = Task.CompletedTask;
    private Task _nextFlush = Task.CompletedTask;

    /// <summary>Has all updates flushed that are not durable, and returns when they are.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var newest = _list.Newest;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var partitions = _owners.Partitions;
            await Task.WhenAll(Enumerable.Range(0, partitions).Select(partition => FlushAsync(partition, cancellationToken)));
            // Tells how many partitions there are, and sends again what a new owner may not have; that is flushed in the next round.
            if (!await TrySettleAsync(cancellationToken))
            {
                await PauseAsync(_options.RepartitionPause, cancellationToken);
            }
            else if (_owners.Partitions == partitions && !_list.HasAcknowledgedUpTo(newest))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Has Q-values forgotten: what was learned of them before is made durable, so that no flush brings them back, or is not sent again.
    /// </summary>
    /// <param name="forget">Asks their owners.</param>
    /// <param name="isForgotten">Which Q-values.</param>
    /// <param name="cancellationToken">Ends the flush.</param>
    public async Task<T> ForgetAsync<T>(
        Func<Task<T>> forget, Func<StateKey, ActionKey, bool> isForgotten, CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // A row that PostgreSQL refuses can be forgotten too. When PostgreSQL is away, the owners say so themselves.
            cancellationToken.ThrowIfCancellationRequested();
        }

        // Nothing is sent again meanwhile: what a lost owner had learned might be learned after it was forgotten.
        T? forgotten = default;
        await _resending.RunAsync(
            async () =>
            {
                var acknowledgements = _list.Acknowledgements;
                forgotten = await forget();
                _list.Forget(acknowledgements, isForgotten);
            },
            cancellationToken);
        return forgotten!;
    }

    /// <summary>As <see cref="FlushAsync(CancellationToken)"/>, once for all who want it while one is under way.</summary>
    public Task FlushJointlyAsync(CancellationToken cancellationToken)
    {
        lock (_flushGate)
        {
            if (_flushing.IsCompleted)
            {
                _flushing = FlushAsync(_stopping);
                return _flushing.WaitAsync(cancellationToken);
            }

            // The one under way may not have what was acknowledged since it began.
            if (_nextFlush.IsCompleted)
            {
                _nextFlush = FlushAfterAsync(_flushing);
            }

            return _nextFlush.WaitAsync(cancellationToken);
        }
    }

    private async Task FlushAfterAsync(Task flushing)
    {
        await flushing.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        Task next;
        lock (_flushGate)
        {
            // From here on it is the one under way: who comes later needs another.
            _nextFlush = Task.CompletedTask;
            next = _flushing = FlushAsync(_stopping);
        }

        await next;
    }

    private async Task FlushAsync(int partition, CancellationToken cancellationToken)
    {
        try
        {
            await _owners.FlushAsync(partition, cancellationToken);
        }
        catch (NotOwnerException refusal)
        {
            _owners.Note(refusal.Partitions);
        }
    }
}
