using Npgsql;

namespace QLearning.Storage.Sql;

/// <summary>How long the statements of one transaction may take, and wait for locks, whatever is set for its role or database.</summary>
internal static class TimeLimits
{
    // Longer than deadlock_timeout, so that a deadlock is told as one; as FlushStatement has it.
    private const string LimitLockWait = "select set_config('lock_timeout', '1500ms', true)";

    // transaction_timeout is there since PostgreSQL 17.
    private const string Lift =
        "select set_config(name, '0', true) from pg_settings where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout')";

    /// <summary>Lets no further statement of the transaction wait for long for a row that another transaction holds.</summary>
    public static async Task LimitLockWaitAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LimitLockWait, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets the further statements of the transaction take and wait as long as they need.</summary>
    public static async Task LiftTimeLimitsAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lift, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Begins a batch whose statements may take as long as they need. Its first result is the setting's.</summary>
    public static void LiftTimeLimits(this NpgsqlBatch batch)
    {
        batch.Timeout = 0;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Lift));
    }
}
