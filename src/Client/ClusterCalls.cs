using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>
/// Makes calls to grains: repeats those that may be repeated while silos come and go, and turns whatever is left into a
/// <see cref="QLearningException"/>.
/// </summary>
internal sealed class ClusterCalls
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _repeatable;
    private readonly ResiliencePipeline _once;
    private readonly TimeSpan _responseTimeout;

    public ClusterCalls(IOptions<QLearningClientOptions> options, TimeProvider time)
    {
        _repeatable = Pipeline(options.Value, time, error => IsRefusal(error) || IsUnanswered(error));
        _once = Pipeline(options.Value, time, IsRefusal);
        _responseTimeout = options.Value.ResponseTimeout;
    }

    /// <summary>A call that does no harm when it runs twice.</summary>
    public Task<T> RepeatableAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_repeatable, what, call, cancellationToken);

    /// <summary>A call that must run once: repeated only when it certainly had no effect.</summary>
    public Task<T> OnceAsync<T>(string what, Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_once, what, call, cancellationToken);

    private async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline, string what, Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                static async (call, token) => await call().AsTask().WaitAsync(token), call, cancellationToken);
        }
        catch (Exception error) when (IsRefusal(error) || IsUnanswered(error) || error is TimeoutRejectedException)
        {
            throw error as QLearningException ?? new ClusterUnavailableException($"No silo could {what} in time: {Reason(error, pipeline == _once)}", error);
        }
    }

    private string Reason(Exception error, bool isOnce) => error switch
    {
        _ when IsUnanswered(error) && isOnce => "the silo was lost or did not answer within "
            + string.Create(CultureInfo.InvariantCulture, $"{_responseTimeout.TotalSeconds:0.###} s, so it is not known whether it took effect."),
        TimeoutException or TimeoutRejectedException => "none answered. Is the cluster running?",
        _ => $"{error.Message.TrimEnd('.')}. Is the cluster running?",
    };

    private static ResiliencePipeline Pipeline(QLearningClientOptions options, TimeProvider time, Func<Exception, bool> isRepeatable)
    {
        if (options.RetryFor == TimeSpan.Zero)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(options.RetryFor)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error && isRepeatable(error)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = _firstPause,
                MaxDelay = _longestPause,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>The call was turned away before it could do anything.</summary>
    private static bool IsRefusal(Exception error) =>
        error is FencedException or OrleansMessageRejectionException and not SiloUnavailableException;

    /// <summary>
    /// Nobody knows whether the call took effect. Orleans has no type of its own for everything that passes while silos come and go: a silo
    /// that has just started may say that no node knows the grain.
    /// </summary>
    private static bool IsUnanswered(Exception error) => error is TimeoutException or OrleansException or ConnectionFailedException;
}
