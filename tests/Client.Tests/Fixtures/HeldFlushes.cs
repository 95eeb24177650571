using Npgsql;

namespace QLearning.Client.Tests.Fixtures;

/// <summary>Holds the lock that the flushes of an agent type need, until its end.</summary>
internal sealed class HeldFlushes : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _agentType;

    private HeldFlushes(NpgsqlConnection connection, string agentType) => (_connection, _agentType) = (connection, agentType);

    public static async Task<HeldFlushes> TakeAsync(TestDatabase database, string agentType)
    {
        var held = new HeldFlushes(await database.DataSource.OpenConnectionAsync(), agentType);
        await held.ExecuteAsync($"begin; select 1 from q_table_owners where agent_type = '{agentType}' for update");
        return held;
    }

    /// <summary>Does what another activation does: from then on the flushes of the running one write nothing.</summary>
    public Task TakeOwnershipAwayAsync() =>
        ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{_agentType}'");

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync("commit");
        await _connection.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
