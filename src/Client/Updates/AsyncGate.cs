namespace QLearning.Client.Updates;

/// <summary>
/// Lets one work after the other, in the order in which they came. Unlike a semaphore's, a wait that can be cancelled goes on where its
/// caller runs and never on a thread of the pool, so that a simulation decides the order of everything. Safe for several threads.
/// </summary>
internal sealed class AsyncGate
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Does a work when those before it have ended, however they did.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public async Task RunAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        Task before;
        lock (_lock)
        {
            (before, _last) = (_last, ended.Task);
        }

        try
        {
            await before.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = PassOnAsync(before, ended);
            throw;
        }

        try
        {
            await work();
        }
        finally
        {
            ended.SetResult();
        }
    }

    // A turn whose caller has left comes all the same, and passes at once.
    private static async Task PassOnAsync(Task before, TaskCompletionSource ended)
    {
        await before;
        ended.SetResult();
    }
}
