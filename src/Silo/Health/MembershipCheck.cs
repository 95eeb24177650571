using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace QLearning.Silo.Health;

/// <summary>
/// Is the silo a member of its cluster? It is ready while it is active. It lives until the cluster has declared it dead: one that still
/// joins, or leaves and flushes, must be left alone.
/// </summary>
/// <param name="status">What the silo knows of itself.</param>
/// <param name="lifetime">Whether the process stops.</param>
internal sealed class MembershipCheck(ISiloStatusOracle status, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var text = $"The silo {status.SiloAddress} is {status.CurrentStatus}.";
        return Task.FromResult(status.CurrentStatus switch
        {
            // A silo that stops knows itself as active until the database has said so, and it may not be able to.
            SiloStatus.Active when lifetime.ApplicationStopping.IsCancellationRequested =>
                HealthCheckResult.Degraded($"The silo {status.SiloAddress} is stopping."),
            SiloStatus.Active => HealthCheckResult.Healthy(text),
            SiloStatus.Dead => HealthCheckResult.Unhealthy(text),
            // Neither dead nor at work: see HealthEndpoint for how the two questions take it.
            _ => HealthCheckResult.Degraded(text),
        });
    }
}
