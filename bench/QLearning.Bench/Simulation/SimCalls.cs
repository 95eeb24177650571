using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Bench.Simulation;

/// <summary>Repeats calls as <see cref="ClusterCalls"/> does, whose pauses no simulation can decide about.</summary>
/// <param name="time">The client's clock.</param>
/// <param name="pauses">How long it pauses.</param>
/// <param name="retryFor">How long a call is repeated.</param>
internal sealed class SimCalls(TimeProvider time, Random pauses, TimeSpan retryFor) : IClusterCalls
{
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    public Task<T> RepeatableAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null) =>
        UnlessCancelledAsync(RunAsync(call, error => error is FencedException or TimeoutException, onFenced), cancellationToken);

    public Task<T> RepeatableUnlessMovedAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RunAsync(call, error => error is TimeoutException or (FencedException and not NotOwnerException), onFenced: null);

    public Task<T> OnceAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null) =>
        RunAsync(call, error => error is FencedException, onFenced);

    // What waits for a task with a token goes on in the thread pool, and so at no time that a simulation can decide about.
    private static async Task<T> UnlessCancelledAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return await task;
        }

        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        await Task.WhenAny(task, cancelled.Task);
        cancellationToken.ThrowIfCancellationRequested();
        return await task;
    }

    private async Task<T> RunAsync<T>(Func<ValueTask<T>> call, Func<Exception, bool> isRepeatable, Action<FencedException>? onFenced)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Exception? problem;
            try
            {
                return await call();
            }
            catch (Exception error) when (isRepeatable(error))
            {
                problem = error;
            }
            catch (TimeoutException error)
            {
                throw new ClusterUnavailableException("No silo answered.", error);
            }

            if (problem is FencedException fenced)
            {
                onFenced?.Invoke(fenced);
            }

            if (time.GetElapsedTime(began) >= retryFor)
            {
                throw problem as QLearningException ?? new ClusterUnavailableException("No silo answered.", problem);
            }

            await Task.Delay(_longestPause * pauses.NextDouble(), time);
        }
    }
}
