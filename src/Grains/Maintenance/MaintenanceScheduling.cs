using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Grains.Configuration;
using QLearning.Storage.Maintenance;

namespace QLearning.Grains.Maintenance;

/// <summary>Makes sure, once the silo is active, that the cluster's reminders are set.</summary>
internal sealed class MaintenanceScheduling(IGrainFactory grains, TimeProvider time, ILogger<MaintenanceScheduling> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private Task _scheduling = Task.CompletedTask;

    public static void Add(IServiceCollection services)
    {
        services.AddOptionsSection<MaintenanceOptions>("Maintenance");
        services.TryAddSingleton<ExpiredRows>();
        services.TryAddSingleton<MaterializedViews>();
        services.TryAddSingleton<MaintenanceInstruments>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, MaintenanceScheduling>();
    }

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(MaintenanceScheduling),
        ServiceLifecycleStage.Active + 1,
        _ =>
        {
            _scheduling = Task.Run(ScheduleAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopping.CancelAsync();
            await _scheduling;
        });

    public void Dispose() => _stopping.Dispose();

    private async Task ScheduleAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // The call itself goes on when the silo stops; its answer is not needed then.
                await grains.GetGrain<IMaintenanceGrain>(IMaintenanceGrain.Key).Schedule().AsTask().WaitAsync(_stopping.Token);
                return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever Orleans or the database throws: the silo serves agents without maintenance until it can be scheduled.
                logger.SchedulingFailed(error, _retryPause);
            }

            await Task.Delay(_retryPause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
