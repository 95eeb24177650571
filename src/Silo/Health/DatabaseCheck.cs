using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Silo.Embedded;

namespace QLearning.Silo.Health;

/// <summary>
/// Does PostgreSQL answer on the grains' connections? Says of a given server nothing of why not: who may ask is not known, and the log has
/// it. Of the embedded one that died it says what became of it.
/// </summary>
/// <param name="dataSource">The grains' database.</param>
/// <param name="options">How long it may take.</param>
/// <param name="time">The clock of that limit.</param>
/// <param name="watches">Watches over the embedded server; none for a given one.</param>
internal sealed class DatabaseCheck(
    NpgsqlDataSource dataSource, IOptions<HealthOptions> options, TimeProvider time,
    IEnumerable<EmbeddedServerWatch> watches) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var timeout = options.Value.DatabaseTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // The query itself is not cancelled: Npgsql would ask the server that hangs, and the answer would wait for that.
            await AskAsync().WaitAsync(either.Token);
            return HealthCheckResult.Healthy("PostgreSQL answers.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"PostgreSQL did not answer within {timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException)
        {
            var trouble = watches.Select(watch => watch.Trouble).FirstOrDefault(trouble => trouble is not null);
            return HealthCheckResult.Unhealthy(
                trouble is null ? "PostgreSQL cannot be asked." : $"PostgreSQL is down and is started again: {trouble}", error);
        }
    }

    private async Task AskAsync()
    {
        await using var command = dataSource.CreateCommand("select 1");
        await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
