using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Maintenance;

/// <summary>Refreshes the materialized views without blocking those who read them.</summary>
/// <param name="dataSource">The database.</param>
public sealed class MaterializedViews(NpgsqlDataSource dataSource)
{
    private const string Refresh = "select refresh_materialized_views()";

    /// <summary>Refreshes both views.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await dataSource.ExecuteAloneAsync(new NpgsqlBatchCommand(Refresh), cancellationToken)
            .OrUnavailableAsync("refresh the materialized views");
    }
}
