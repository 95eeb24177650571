using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Grains.Configuration;
using QLearning.Storage.Status;

namespace QLearning.Grains.Telemetry;

/// <summary>Has PostgreSQL's state read at each interval while the silo is active.</summary>
internal sealed class DatabaseWatch(
    IGrainFactory grains, IOptions<TelemetryOptions> options, TimeProvider time, ILogger<DatabaseWatch> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private bool _isLost;

    public static void Add(IServiceCollection services)
    {
        services.AddOptionsSection<TelemetryOptions>("Telemetry");
        services.TryAddSingleton<AgentTypeTags>();
        services.TryAddSingleton<DatabaseStateReader>();
        services.TryAddSingleton<DatabaseGauges>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DatabaseWatch>();
    }

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(DatabaseWatch),
        ServiceLifecycleStage.Active + 1,
        _ =>
        {
            _watching = Task.Run(WatchAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopping.CancelAsync();
            await _watching;
        });

    public void Dispose() => _stopping.Dispose();

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // The call itself goes on when the silo stops; its answer is not needed then.
                await grains.GetGrain<IDatabaseWatchGrain>(IDatabaseWatchGrain.Key).Read().WaitAsync(_stopping.Token);
                Note(problem: null);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever Orleans or the database throws: metrics are no reason to do anything else.
                Note(error.Message);
            }

            await Task.Delay(options.Value.DatabaseInterval, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Logs a problem once, and that it is over.</summary>
    private void Note(string? problem)
    {
        if (problem is not null && !_isLost)
        {
            logger.StateUnreadable(options.Value.DatabaseInterval, problem);
        }
        else if (problem is null && _isLost)
        {
            logger.StateReadable();
        }

        _isLost = problem is not null;
    }
}
