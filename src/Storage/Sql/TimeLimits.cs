using Npgsql;

namespace QLearning.Storage.Sql;

/// <summary>How long the statements of one transaction may take, and wait for locks, whatever is set for its role or database.</summary>
internal static class TimeLimits
{
    /// <summary>Lets the further statements of a transaction take and wait as long as they need.</summary>
    // transaction_timeout is there since PostgreSQL 17.
    public const string Lift = """
        select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
               case when current_setting('transaction_timeout', true) is not null then set_config('transaction_timeout', '0', true) end
        """;

    /// <summary>
    /// An expression that lets no further statement of the transaction wait for long for a row that another one holds. The time is longer
    /// than deadlock_timeout, so that a deadlock is told as one.
    /// </summary>
    public const string LimitLockWait = "set_config('lock_timeout', '1500ms', true)";

    /// <summary>Lets no further statement of the transaction wait for long for a row that another transaction holds.</summary>
    public static Task LimitLockWaitAsync(this NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, "select " + LimitLockWait, cancellationToken);

    /// <summary>Lets the further statements of the transaction take and wait as long as they need.</summary>
    public static Task LiftTimeLimitsAsync(this NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, Lift, cancellationToken, timeout: 0);

    /// <summary>Runs a statement in a transaction of its own, as long as it takes.</summary>
    /// <returns>The rows that it wrote.</returns>
    public static async Task<int> ExecuteAloneAsync(
        this NpgsqlDataSource dataSource, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = Alone(dataSource, command, limit: null);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a statement in a transaction of its own and returns its rows.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="command">The statement.</param>
    /// <param name="map">Reads a row.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="limit">How long it may take; null: as long as it takes.</param>
    public static async Task<List<T>> ReadAloneAsync<T>(
        this NpgsqlDataSource dataSource,
        NpgsqlBatchCommand command,
        Func<NpgsqlDataReader, T> map,
        CancellationToken cancellationToken,
        TimeSpan? limit = null)
    {
        await using var batch = Alone(dataSource, command, limit);
        return await batch.ReadSecondAsync(map, cancellationToken);
    }

    private static NpgsqlBatch Alone(NpgsqlDataSource dataSource, NpgsqlBatchCommand command, TimeSpan? limit)
    {
        var batch = dataSource.CreateBatch();
        batch.Timeout = (int)(limit?.TotalSeconds ?? 0);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Lift));
        batch.BatchCommands.Add(command);
        return batch;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, int? timeout = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = timeout ?? command.CommandTimeout;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
