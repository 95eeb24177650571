using Microsoft.Extensions.Diagnostics.HealthChecks;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Health;

/// <summary>
/// Does the silo still write what its grains hand over? Without its loops nothing becomes durable until the process is started anew. They
/// go on while PostgreSQL is away, so that this check does not fail then.
/// </summary>
/// <param name="qValues">Writes Q-values.</param>
/// <param name="trajectories">Writes trajectories and rewards.</param>
internal sealed class FlushLanesCheck(IFlushPump qValues, ITrajectoryPump trajectories) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(qValues.IsRunning && trajectories.IsRunning
            ? HealthCheckResult.Healthy("The flush lanes run.")
            : HealthCheckResult.Unhealthy("A flush lane has ended: nothing of its agent types is written any more. Restart the silo."));
}
