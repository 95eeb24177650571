using System.Globalization;
using System.Text.Json;
using Npgsql;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Container;

/// <summary>
/// The containers' scripts without containers: the same commands with the same variables, against a real PostgreSQL and a real PgBouncer.
/// </summary>
public sealed class EntryScriptTests
{
    private const int Cycles = 6;
    private const int Tests = 8;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(6);
    private static readonly string _entry = Repository.At("deploy/docker/entry.sh");

    [Fact]
    public async Task A_database_is_migrated_two_silos_serve_a_history_is_replayed_and_everything_agrees_through_PgBouncer()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        using var folder = new TemporaryFolder();
        using var deadline = new CancellationTokenSource(_patience);
        var environment = Environment(database.ConnectionString, httpPort: 0);
        (await ScriptRun.RunAsync(["bash", _entry, "db", "migrate"], environment)).Succeeded();

        var first = Environment(database.ConnectionString, RunningPgBouncer.FreePort());
        Assert.NotEqual(0, (await ScriptRun.RunAsync(["bash", _entry, "healthy"], first)).ExitCode);
        await using var silo1 = await SiloProcess.StartAsync(["bash", _entry, "serve"], first, deadline.Token);
        await Eventually.Holds(
            async () => (await ScriptRun.RunAsync(["bash", _entry, "healthy"], first)).ExitCode == 0, "the silo to be healthy");
        var second = Environment(database.ConnectionString, RunningPgBouncer.FreePort());
        await using var silo2 = await SiloProcess.StartAsync(["bash", _entry], second, deadline.Token);
        Assert.Equal(2, await database.QueryAsync<long>("select count(*) from orleans_membership where status = 3"));

        (await ScriptRun.RunAsync(["bash", _entry, "replay", History(folder), "--json"], environment)).Succeeded();

        using var pooled = await RunningPgBouncer.StartAsync(database.ConnectionString);
        await CheckThroughAsync(pooled.ConnectionString);
        // The signal reaches the silo and not a shell before it: both flush and leave.
        Assert.Equal(0, await silo1.TerminateAsync(deadline.Token));
        Assert.Equal(0, await silo2.TerminateAsync(deadline.Token));
        Assert.DoesNotContain("UnknownName", silo1.Said, StringComparison.Ordinal);
        Assert.Equal(0, await database.QueryAsync<long>("select count(*) from orleans_membership where status = 3"));
    }

    [Fact]
    public async Task A_command_that_PgBouncers_script_does_not_know_is_refused()
    {
        var run = await ScriptRun.RunAsync(
            ["bash", Repository.At("deploy/docker/pgbouncer.sh"), "start"], new Dictionary<string, string>());
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Allowed: run, healthy", run.Errors, StringComparison.Ordinal);
    }

    // SQL programs work in transaction mode, and so does 'db check'.
    private static async Task CheckThroughAsync(string pooled)
    {
        await using var source = NpgsqlDataSource.Create(pooled);
        await using var upsert = source.CreateCommand("select upsert_q_value('test-generator', 's', '{}', 'a', '\"run\"', 2.5)");
        Assert.True((long)(await upsert.ExecuteScalarAsync())! > 0);
        await using var learned = source.CreateCommand("select count(*) from q_values where agent_type = 'regression-risk-analyzer'");
        Assert.True((long)(await learned.ExecuteScalarAsync())! > 0);
        var check = (await ScriptRun.RunAsync(["bash", _entry, "db", "check", "--json"], Environment(pooled, httpPort: 0))).Succeeded();
        Assert.True(JsonDocument.Parse(check.Output).RootElement.GetProperty("isConsistent").GetBoolean());
    }

    // As in the image and in docker-compose.yml: the password is not in the connection string.
    private static Dictionary<string, string> Environment(string connectionString, int httpPort)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var password = database.Password;
        database.Password = null;
        return new()
        {
            ["QLEARNING_PROGRAM"] = Path.Combine(AppContext.BaseDirectory, "qlearn.dll"),
            ["DOTNET_EnableDiagnostics"] = "0",
            ["ConnectionStrings__QLearning"] = database.ConnectionString,
            ["PGPASSWORD"] = password ?? "",
            // The first address of this machine may be one that others reach.
            ["QLearning__Silo__BehindProxy"] = "true",
            // On a busy machine one silo must not declare the other dead.
            ["QLearning__Silo__MissedProbes"] = "15",
            ["QLearning__Silo__SiloPort"] = "0",
            ["QLearning__Silo__GatewayPort"] = "0",
            ["QLearning__Silo__HttpPort"] = httpPort.ToString(CultureInfo.InvariantCulture),
            ["TMPDIR"] = Path.GetTempPath(),
        };
    }

    private static string History(TemporaryFolder folder)
    {
        var rows = from cycle in Enumerable.Range(1, Cycles)
                   from test in Enumerable.Range(1, Tests)
                   select FormattableString.Invariant($"test-{test};{10 + test};{(test == 3 ? 1 : 0)};{cycle}");
        var file = folder.At("history.csv");
        File.WriteAllLines(file, rows.Prepend("Name;Duration;Verdict;Cycle"));
        return file;
    }
}
