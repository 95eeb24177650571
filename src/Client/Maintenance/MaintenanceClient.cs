using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>Clean-up and view refresh, which the cluster does by itself, on demand.</summary>
public sealed class MaintenanceClient
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly IMaintenanceGrain _grain;
    private readonly IClusterCalls _calls;
    private readonly TimeProvider _time;

    internal MaintenanceClient(IGrainFactory grains, IClusterCalls calls, TimeProvider time) =>
        (_grain, _calls, _time) = (grains.GetKnown<IMaintenanceGrain>(IMaintenanceGrain.Key), calls, time);

    /// <summary>What was done last, and what is being done.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ClusterUnavailableException">No silo answers.</exception>
    public Task<MaintenanceStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        _calls.RepeatableAsync("tell the state of maintenance", _grain.GetStatus, cancellationToken);

    /// <summary>Deletes what has expired and refreshes the views; returns when both are done.</summary>
    /// <param name="cancellationToken">Ends the waiting; the jobs go on.</param>
    /// <returns>The status after them; a job that failed says so there.</returns>
    /// <exception cref="ClusterUnavailableException">No silo answers.</exception>
    public async Task<MaintenanceStatus> RunAsync(CancellationToken cancellationToken = default)
    {
        await RunAsync(MaintenanceJob.CleanUp, cancellationToken);
        return await RunAsync(MaintenanceJob.RefreshViews, cancellationToken);
    }

    /// <summary>Runs one job; returns when it is done.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the waiting; the job goes on.</param>
    /// <returns>The status after it; when it failed, that says so.</returns>
    /// <exception cref="InvalidInputException">The job is unknown.</exception>
    /// <exception cref="ClusterUnavailableException">No silo answers.</exception>
    public async Task<MaintenanceStatus> RunAsync(MaintenanceJob job, CancellationToken cancellationToken = default)
    {
        await _calls.RepeatableAsync("begin maintenance", () => _grain.Start(job), cancellationToken);
        while (true)
        {
            var status = await GetStatusAsync(cancellationToken);
            if (!status.Running.Contains(job))
            {
                return status;
            }

            await Task.Delay(_pollInterval, _time, cancellationToken);
        }
    }
}
