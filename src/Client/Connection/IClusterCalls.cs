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
        RepeatableAsync(what, Answering(call), cancellationToken, onFenced);

    /// <summary>
    /// A change that does no harm when it is made twice, but may be refused the second time: because it was made, such as a deletion, or
    /// because what it needs has gone meanwhile. After a try that was not answered a refusal does not say that nothing was done.
    /// </summary>
    /// <exception cref="ClusterUnavailableException">
    /// A try was not answered, and another one was refused or not answered either.
    /// </exception>
    Task<T> RepeatableChangeAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RepeatableAsync(what, call, cancellationToken);

    /// <summary>A change as the other, without a result.</summary>
    Task RepeatableChangeAsync(string what, Func<ValueTask> call, CancellationToken cancellationToken) =>
        RepeatableChangeAsync(what, Answering(call), cancellationToken);

    /// <summary>A call that does no harm when it runs twice; that another grain is the owner is told at once.</summary>
    /// <exception cref="NotOwnerException">Another grain owns it.</exception>
    Task<T> RepeatableUnlessMovedAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken);

    /// <summary>A call that must run once: repeated only when it certainly had no effect.</summary>
    Task<T> OnceAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null);

    private static Func<ValueTask<bool>> Answering(Func<ValueTask> call) => async () =>
    {
        await call();
        return true;
    };
}
