using QLearning.Abstractions;

namespace QLearning.Client.Connection;

/// <summary>
/// Makes calls to grains: repeats those that may be repeated while silos come and go, and turns whatever is left into a
/// <see cref="QLearningException"/>.
/// </summary>
internal interface IClusterCalls
{
    /// <summary>A call that does no harm when it runs twice.</summary>
    /// <param name="what">What it does, for the error.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="onFenced">Told when the grain does not own what it was asked for, before the call is repeated.</param>
    Task<T> RepeatableAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null);

    /// <summary>A call without a result that does no harm when it runs twice.</summary>
    Task RepeatableAsync(
        string what, Func<ValueTask> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null) =>
        RepeatableAsync(
        what,
        async ValueTask<bool> () =>
        {
            await call();
            return true;
        },
        cancellationToken,
        onFenced);

    /// <summary>A call that does no harm when it runs twice; that another grain is the owner is told at once.</summary>
    /// <exception cref="NotOwnerException">Another grain owns it.</exception>
    Task<T> RepeatableUnlessMovedAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken);

    /// <summary>A call that must run once: repeated only when it certainly had no effect.</summary>
    Task<T> OnceAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null);
}
