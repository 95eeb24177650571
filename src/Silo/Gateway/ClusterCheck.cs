using Microsoft.Extensions.Diagnostics.HealthChecks;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Silo.Gateway;

/// <summary>Does the cluster answer? A gateway without it has nothing to say.</summary>
/// <param name="client">The way to the cluster.</param>
/// <param name="time">The clock of the limit.</param>
internal sealed class ClusterCheck(IQLearningClient client, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.Maintenance.GetStatusAsync(either.Token);
            return HealthCheckResult.Healthy("The cluster answers.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"The cluster did not answer within {_limit.TotalSeconds:0.###} s.");
        }
        catch (QLearningException error)
        {
            return HealthCheckResult.Unhealthy("The cluster cannot be asked.", error);
        }
    }
}
