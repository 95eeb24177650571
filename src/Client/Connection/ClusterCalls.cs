using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using QLearning.Abstractions;
using QLearning.Client.Telemetry;

namespace QLearning.Client.Connection;

/// <summary>Makes calls to grains, and repeats them with pauses that become longer.</summary>
internal sealed class ClusterCalls : IClusterCalls, IDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _secondPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private static readonly ResiliencePropertyKey<TimeSpan> _timeLeft = new("time left");

    private readonly Retries _repeatable;
    private readonly Retries _change;
    private readonly Retries _unlessMoved;
    private readonly Retries _once;
    private readonly TimeSpan _responseTimeout;
    private readonly TimeSpan _retryFor;
    private readonly int _traceOneIn;
    private readonly TimeProvider _time;
    private volatile bool _isDisposed;

    public ClusterCalls(IOptions<QLearningClientOptions> options, TimeProvider time)
    {
        (_responseTimeout, _retryFor, _time) = (options.Value.ResponseTimeout, options.Value.RetryFor, time);
        _traceOneIn = options.Value.TraceOneIn;
        _repeatable = Retry(error => IsRefusal(error) || IsUnanswered(error));
        _change = _repeatable with { MayRefuseWhatItDid = true };
        _unlessMoved = Retry(error => error is not NotOwnerException && (IsRefusal(error) || IsUnanswered(error)));
        _once = Retry(IsRefusal);
    }

    public Task<T> RepeatableAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null) =>
        RunAsync(_repeatable, what, call, onFenced, cancellationToken);

    public Task<T> RepeatableChangeAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_change, what, call, onFenced: null, cancellationToken);

    public Task<T> RepeatableUnlessMovedAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_unlessMoved, what, call, onFenced: null, cancellationToken);

    public Task<T> OnceAsync<T>(
        string what, Func<ValueTask<T>> call, CancellationToken cancellationToken, Action<FencedException>? onFenced = null) =>
        RunAsync(_once, what, call, onFenced, cancellationToken);

    /// <summary>Notes that the client is disposed of, as this is before what its calls go through.</summary>
    public void Dispose() => _isDisposed = true;

    private Task<T> RunAsync<T>(
        Retries retries, string what, Func<ValueTask<T>> call, Action<FencedException>? onFenced, CancellationToken cancellationToken) =>
        ClientSpans.IsTraced(_traceOneIn)
            ? ClientSpans.AroundAsync(what, () => RunUntracedAsync(retries, what, call, onFenced, cancellationToken))
            : RunUntracedAsync(retries, what, call, onFenced, cancellationToken);

    private async Task<T> RunUntracedAsync<T>(
        Retries retries, string what, Func<ValueTask<T>> call, Action<FencedException>? onFenced, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        Failures? failures = null;
        try
        {
            try
            {
                // Nearly every call is answered at once: what repeating costs is paid by those that are not.
                return await TryAsync(call, cancellationToken);
            }
            catch (Exception error) when (
                retries.IsRepeatable(error) && !IsOfCaller(error, cancellationToken) && _time.GetElapsedTime(began) < _retryFor)
            {
                failures = new Failures(onFenced);
                failures.Add(error);
                // Who was told where to ask asks there at once.
                var pause = error is NotOwnerException ? TimeSpan.Zero : _firstPause;
                return await RepeatAsync(
                    retries.Pipeline,
                    InDoubt(what, Noted(call, failures), IsUnanswered(error), retries.MayRefuseWhatItDid),
                    pause,
                    _retryFor - _time.GetElapsedTime(began),
                    cancellationToken);
            }
        }
        catch (ObjectDisposedException error) when (_isDisposed)
        {
            throw new ClusterUnavailableException($"The client was disposed of: it can {what} no more.", error);
        }
        catch (Exception error) when (
            (IsRefusal(error) || IsUnanswered(error) || error is TimeoutRejectedException) && !IsOfCaller(error, cancellationToken))
        {
            // Whoever cancels while a try fails is told that, as when he cancels at any other time.
            if (error is not QLearningException && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException($"A call to {what} was cancelled.", error, cancellationToken);
            }

            throw error as QLearningException
                ?? new ClusterUnavailableException(
                    $"No silo could {what} in time: {Reason(error, failures?.Last, retries == _once)}", error);
        }
    }

    private static Func<ValueTask<T>> Noted<T>(Func<ValueTask<T>> call, Failures failures) => async () =>
    {
        try
        {
            return await call();
        }
        catch (Exception error)
        {
            failures.Add(error);
            throw;
        }
    };

    // A refusal says that nothing was done. After a try that was not answered that is unknown: it may be what fills the backlog, or have
    // deleted what is not found any more.
    private static Func<ValueTask<T>> InDoubt<T>(
        string what, Func<ValueTask<T>> call, bool isInDoubt, bool mayRefuseWhatItDid) => async () =>
    {
        try
        {
            return await call();
        }
        catch (QLearningException refused) when (isInDoubt && (refused is WriteBacklogFullException
            || (mayRefuseWhatItDid && refused is not (ClusterUnavailableException or StorageUnavailableException or FencedException))))
        {
            throw new ClusterUnavailableException(
                $"A try to {what} was not answered and may have taken effect, and the next one was refused: {refused.Message}", refused);
        }
        catch (Exception error) when (IsUnanswered(error))
        {
            isInDoubt = true;
            throw;
        }
    };

    private async Task<T> RepeatAsync<T>(
        ResiliencePipeline pipeline, Func<ValueTask<T>> call, TimeSpan pause, TimeSpan timeLeft, CancellationToken cancellationToken)
    {
        pause = pause < timeLeft ? pause : timeLeft;
        await Task.Delay(pause, _time, cancellationToken);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(_timeLeft, TimeSpan.FromTicks(Math.Max(1, (timeLeft - pause).Ticks)));
        try
        {
            return await pipeline.ExecuteAsync(static (context, call) => TryAsync(call, context.CancellationToken), context, call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ValueTask<T> TryAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new(call().AsTask().WaitAsync(cancellationToken)) : call();

    private string Reason(Exception error, Exception? last, bool isOnce) => error switch
    {
        _ when IsUnanswered(error) && isOnce => "the silo was lost or did not answer within "
            + string.Create(
                CultureInfo.InvariantCulture, $"{_responseTimeout.TotalSeconds:0.###} s, so it is not known whether it took effect."),
        TimeoutRejectedException when last is not (null or TimeoutException) => $"{last.Message.TrimEnd('.')}. Is the cluster running?",
        TimeoutException or TimeoutRejectedException => "none answered. Is the cluster running?",
        _ => $"{error.Message.TrimEnd('.')}. Is the cluster running?",
    };

    private Retries Retry(Func<Exception, bool> isRepeatable) => new(
        isRepeatable,
        new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static arguments =>
                    ValueTask.FromResult(arguments.Context.Properties.GetValue(_timeLeft, TimeSpan.Zero)),
            })
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } error && isRepeatable(error)
                    && !IsOfCaller(error, arguments.Context.CancellationToken)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = _secondPause,
                MaxDelay = _longestPause,
                UseJitter = true,
            })
            .Build());

    /// <summary>
    /// The call was turned away before its message came to a grain. A silo that stops takes no new activations and says so, for which
    /// Orleans has no type of its own; with another text it would not be known whether the call took effect, which is safe.
    /// </summary>
    public static bool IsTurnedAway(Exception error) => error is SiloUnavailableException
        ? error.Message.EndsWith(" is shutting down.", StringComparison.Ordinal)
        : error is OrleansMessageRejectionException;

    /// <summary>The call could not do anything, or what it did is not owned by whoever did it.</summary>
    private static bool IsRefusal(Exception error) => error is FencedException || IsTurnedAway(error);

    /// <summary>
    /// It is not known whether the call took effect. Orleans has no type of its own for everything that passes while silos come and go: a
    /// silo that has just started may say that no node knows the grain, and a message that finds no silo in time comes back as cancelled.
    /// </summary>
    private static bool IsUnanswered(Exception error) =>
        error is TimeoutException or OrleansException or ConnectionFailedException or OperationCanceledException;

    private static bool IsOfCaller(Exception error, CancellationToken cancellationToken) =>
        error is OperationCanceledException && cancellationToken.IsCancellationRequested;

    /// <summary>The tries of a call that failed.</summary>
    private sealed class Failures(Action<FencedException>? onFenced)
    {
        /// <summary>Why the last one did: when the time is over, that says more than that it is over.</summary>
        public Exception? Last { get; private set; }

        public void Add(Exception error)
        {
            Last = error;
            if (error is FencedException fenced)
            {
                onFenced?.Invoke(fenced);
            }
        }
    }

    /// <summary>Which errors are tried again, and how.</summary>
    private sealed record Retries(Func<Exception, bool> IsRepeatable, ResiliencePipeline Pipeline)
    {
        /// <summary>Whether a try may be refused because one before it, which was not answered, took effect or still may.</summary>
        public bool MayRefuseWhatItDid { get; init; }
    }
}
