using Npgsql;

namespace QLearning.Testing;

/// <summary>A lock in a transaction that stays open until the end of this.</summary>
public sealed class HeldLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private HeldLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Takes a lock.</summary>
    /// <param name="database">The database.</param>
    /// <param name="sql">The statement that takes it.</param>
    public static async Task<HeldLock> TakeAsync(TestDatabase database, string sql)
    {
        ArgumentNullException.ThrowIfNull(database);
        var held = new HeldLock(await database.DataSource.OpenConnectionAsync());
        await held.ExecuteAsync($"begin; {sql}");
        return held;
    }

    /// <summary>Takes the lock that each flush of an agent type needs, and each activation.</summary>
    /// <param name="database">The database.</param>
    /// <param name="agentType">The agent type; its grain must have been active once.</param>
    public static Task<HeldLock> OfFlushesAsync(TestDatabase database, string agentType) =>
        TakeAsync(database, $"select 1 from q_table_owners where agent_type = '{agentType}' for update");

    /// <summary>Ends when somebody waits for a lock in a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="what">Who is expected to wait, as an error tells it.</param>
    public static Task WaitedForAsync(TestDatabase database, string what) => Eventually.Holds(
        async () => await database.QueryAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
        what);

    /// <summary>Changes something in the same transaction.</summary>
    /// <param name="sql">The statement.</param>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Commits.</summary>
    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync("commit");
        await _connection.DisposeAsync();
    }
}
