using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Health;

/// <summary>Is there room for what agents learn next?</summary>
/// <param name="backlog">What waits for PostgreSQL.</param>
/// <param name="options">How full it may be.</param>
internal sealed class BacklogCheck(SiloBacklog backlog, IOptions<HealthOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var limit = options.Value.MaxBacklogShare;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{backlog.QValues} Q-values and {backlog.TrajectoryRows} rows of trajectories and rewards wait, "
            + $"{backlog.Bytes} bytes: {backlog.Share:P0} of the limit; {limit:P0} is allowed.");
        return Task.FromResult(backlog.Share <= limit ? HealthCheckResult.Healthy(text) : HealthCheckResult.Unhealthy(text));
    }
}
