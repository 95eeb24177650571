using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Holds up a lane on the lock of one owner, so that all handed in meanwhile goes into its next transaction.</summary>
internal sealed class BlockedLane : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private BlockedLane(NpgsqlConnection connection, NpgsqlTransaction transaction, Task<FlushOutcome> first)
    {
        (_connection, _transaction, First) = (connection, transaction, first);
    }

    /// <summary>The flush that waits for the lock.</summary>
    public Task<FlushOutcome> First { get; }

    public static async Task<BlockedLane> BlockAsync(TestDatabase database, PumpUnderTest pump, QTableBatch batch)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select 1 from q_table_owners where agent_type = $1 for update", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Owner.AgentType });
        await command.ExecuteNonQueryAsync();
        var first = pump.WriteAsync(batch);
        await Eventually.Holds(
            async () => await database.QueryAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "the lane waits for the lock");
        return new BlockedLane(connection, transaction, first);
    }

    /// <summary>Runs SQL in the transaction that holds the lock.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Lets the lane go on.</summary>
    public Task ReleaseAsync() => _transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
