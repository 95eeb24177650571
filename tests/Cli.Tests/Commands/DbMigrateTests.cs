using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn db migrate</c> leaves the roles with what they need, also when an earlier one ended before that.</summary>
public sealed class DbMigrateTests : IAsyncLifetime
{
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync()
    {
        foreach (var role in new[] { "silo", "analyst", "sql_agent", "client" })
        {
            await _database!.ExecuteInAsync($"drop owned by qlearning_{role} cascade; drop role qlearning_{role}");
        }

        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Rights_that_a_migration_took_off_and_did_not_give_again_are_given_by_the_next()
    {
        await RunAsync("roles");
        // As a function that is replaced: it runs with the rights of its caller, who has none on the tables.
        await _database!.ExecuteInAsync("""
            do $body$
            declare f regprocedure;
            begin
                for f in select oid::regprocedure from pg_proc where proname = 'upsert_q_value' loop
                    execute format('alter function %s security invoker', f);
                end loop;
            end
            $body$
            """);

        await RunAsync("migrate");

        Assert.True(await _database.QueryAsync<bool>("select bool_and(prosecdef) from pg_proc where proname = 'upsert_q_value'"));
    }

    private async Task RunAsync(string command)
    {
        using var output = new CapturedOutput();
        var exit = await output.RunAsync("db", command, "--cluster", _database!.ConnectionString);
        Assert.True(exit == ExitCode.Success, output.Progress);
    }
}
