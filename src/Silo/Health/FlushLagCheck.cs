using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Health;

/// <summary>Is what the grains hand over committed in time?</summary>
/// <param name="qValues">Writes Q-values.</param>
/// <param name="trajectories">Writes trajectories and rewards.</param>
/// <param name="options">How long it may wait.</param>
internal sealed class FlushLagCheck(IFlushPump qValues, ITrajectoryPump trajectories, IOptions<HealthOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waited = qValues.OldestWait > trajectories.OldestWait ? qValues.OldestWait : trajectories.OldestWait;
        var limit = options.Value.MaxFlushLag;
        var text = $"The oldest flush waits for {waited.TotalSeconds:0.###} s; {limit.TotalSeconds:0.###} s are allowed.";
        return Task.FromResult(waited <= limit ? HealthCheckResult.Healthy(text) : HealthCheckResult.Unhealthy(text));
    }
}
