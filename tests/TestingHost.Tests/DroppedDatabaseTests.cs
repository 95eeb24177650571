using Npgsql;
using QLearning.Testing;

namespace QLearning.TestingHost.Tests;

/// <summary>The end of a test's database.</summary>
public sealed class DroppedDatabaseTests
{
    [Fact]
    public async Task A_database_is_dropped_although_a_process_of_the_server_does_not_confirm_the_first_try()
    {
        await using var server = NpgsqlDataSource.Create(await TestPostgres.ConnectionStringAsync());
        await using var silent = await server.OpenConnectionAsync();
        await using (var table = new NpgsqlCommand("create temp table copied (line text)", silent))
        {
            await table.ExecuteNonQueryAsync();
        }

        var database = await TestDatabase.CreateAsync(migrated: false);
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        Task dropping;
        // While it waits for the lines of its client, it confirms nothing.
        await using (await silent.BeginTextImportAsync("copy copied from stdin"))
        {
            dropping = database.DisposeAsync().AsTask();
            var tries = new HashSet<DateTime>();
            // Before PostgreSQL 15 nobody is waited for.
            await Eventually.Holds(async () => dropping.IsCompleted || await TriesAsync(server, name, tries) > 1, "a second try");
        }

        await dropping;
        Assert.False(await ExistsAsync(server, name));
    }

    private static async Task<int> TriesAsync(NpgsqlDataSource server, string name, HashSet<DateTime> tries)
    {
        await using var command = server.CreateCommand(
            "select query_start from pg_stat_activity where query like 'drop database%' || $1 || '%' and wait_event = 'ProcSignalBarrier'");
        command.Parameters.Add(new() { Value = name });
        if (await command.ExecuteScalarAsync() is DateTime begun)
        {
            tries.Add(begun);
        }

        return tries.Count;
    }

    private static async Task<bool> ExistsAsync(NpgsqlDataSource server, string name)
    {
        await using var command = server.CreateCommand("select exists (select from pg_database where datname = $1)");
        command.Parameters.Add(new() { Value = name });
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
