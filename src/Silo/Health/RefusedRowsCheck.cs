using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Health;

/// <summary>Did PostgreSQL refuse what was learned? That should not happen: somebody must look at the log and the schema.</summary>
/// <param name="backlog">Knows what was refused.</param>
/// <param name="options">How long it is shown.</param>
internal sealed class RefusedRowsCheck(SiloBacklog backlog, IOptions<HealthOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var text = $"PostgreSQL refused {backlog.Refused} Q-values since the start; they are in memory only, and the log says why.";
        return Task.FromResult(
            backlog.SinceRefused is { } ago && ago < options.Value.ShowRefusedFor
                ? HealthCheckResult.Unhealthy(text)
                : HealthCheckResult.Healthy(text));
    }
}
