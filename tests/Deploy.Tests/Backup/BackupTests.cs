using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Deploy.Tests.Container;
using QLearning.Postgres;
using QLearning.Silo;
using QLearning.Storage.Checks;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Backup;

/// <summary>The commands of docs/backup.md: what was durable at the time of a backup is there afterwards, and nothing else.</summary>
public sealed class BackupTests
{
    private const string AgentType = "test-generator";
    private const int Before = 20;
    private const int After = 15;

    // Of who learned what: the count of the Q-values, their visits, and who was told that their updates are stored.
    private const string Learned = """
        select count(*) || ' Q-values, ' || coalesce(sum(visit_count), 0) || ' visits, '
               || (select count(*) from q_table_clients where agent_type = 'test-generator') || ' clients'
        from q_values where agent_type = 'test-generator'
        """;

    // The log is written in files of 16 MB, each to the disk.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_dump_that_is_restored_has_exactly_what_was_durable_when_it_was_made()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var restored = await TestDatabase.CreateAsync(migrated: false);
        using var folder = new TemporaryFolder();
        string then;
        await using (var silo = await StartAsync(database.ConnectionString))
        {
            await LearnAsync(silo, "before", Before);
            then = await database.QueryAsync<string>(Learned);
            // While the silo runs.
            await RunAsync(
                database.ConnectionString, "pg_dump", "--format=custom", "--no-unlogged-table-data", "--file", folder.At("qlearning.dump"));
            await LearnAsync(silo, "after", After);
        }

        string[] options = ["--no-owner", "--exit-on-error", "--dbname", Name(restored)];
        await RunAsync(restored.ConnectionString, "pg_restore", [.. options, folder.At("qlearning.dump")]);

        Assert.NotEqual(then, await database.QueryAsync<string>(Learned));
        Assert.Equal(then, await restored.QueryAsync<string>(Learned));
        await AgreesAsync(restored.DataSource);
        await AnswersAsync(restored.ConnectionString);
    }

    [Fact]
    public async Task A_base_backup_with_the_log_since_brings_back_exactly_what_was_durable_at_a_point_in_time()
    {
        using var folder = new TemporaryFolder();
        using var rescue = new TemporaryFolder();
        string then, target;
        await using (var server = await ServerAsync(folder.At("data")))
        {
            await using var database = NpgsqlDataSource.Create(server.ConnectionString);
            await Storage.Migrations.SchemaMigrator.MigrateAsync(server.ConnectionString, NullLogger.Instance, CancellationToken.None);
            Directory.CreateDirectory(folder.At("wal"));
            await AskAsync(database, "select pg_create_physical_replication_slot('qlearning', true)::text");
            // Not when it is first used: a checkpoint before would remove what is asked for then, for ever.
            Assert.Equal("reserved", await AskAsync(database, "select wal_status from pg_replication_slots"));
            using var archive = Start(
                server.ConnectionString, "pg_receivewal", "--slot", "qlearning", "--directory", folder.At("wal"));
            await RunAsync(server.ConnectionString, "pg_basebackup", "--pgdata", rescue.At("postgres"), "--checkpoint=fast");
            await using (var silo = await StartAsync(server.ConnectionString))
            {
                await LearnAsync(silo, "before", Before);
                (then, target) = (await AskAsync(database, Learned), await AskAsync(database, "select now()::text"));
                await LearnAsync(silo, "after", After);
            }

            Assert.NotEqual(then, await AskAsync(database, Learned));
            var last = await AskAsync(database, "select pg_walfile_name(pg_switch_wal())");
            await Eventually.Holds(
                () => File.Exists(Path.Combine(folder.At("wal"), last)), "the log to be archived to its end", _patience);
        }

        await RestoreAsync(folder, rescue, target);

        await using var found = await ServerAsync(rescue.Path);
        await using var source = NpgsqlDataSource.Create(found.ConnectionString);
        await Eventually.Holds(
            async () => await AskAsync(source, "select pg_is_in_recovery()::text") == "false", "the recovery to end", _patience);
        Assert.Equal(then, await AskAsync(source, Learned));
        await AgreesAsync(source);
        await AnswersAsync(found.ConnectionString);
    }

    // As the guide says; an embedded folder has its password beside the data.
    private static async Task RestoreAsync(TemporaryFolder folder, TemporaryFolder rescue, string target)
    {
        File.Copy(folder.At("data/password"), rescue.At("password"));
        foreach (var file in Directory.GetFiles(folder.At("wal")).Where(file => !file.EndsWith(".partial", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(rescue.At("postgres/pg_wal"), Path.GetFileName(file)), overwrite: true);
        }

        await File.AppendAllTextAsync(
            rescue.At("postgres/postgresql.auto.conf"),
            $"restore_command = 'false'\nrecovery_target_time = '{target}'\nrecovery_target_action = 'promote'\n");
        await File.WriteAllTextAsync(rescue.At("postgres/recovery.signal"), "");
        if (Environment.IsPrivilegedProcess)
        {
            string[] chown = ["chown", "-R", "--reference", folder.At("data/postgres"), rescue.At("postgres")];
            (await ScriptRun.RunAsync(chown, new Dictionary<string, string>())).Succeeded();
        }
    }

    private static Task<EmbeddedPostgres> ServerAsync(string folder) => EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { Folder = folder, Fsync = false }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    private static async Task<QLearningSilo> StartAsync(string connectionString) => await QLearningSilo.StartAsync(new SiloSettings
    {
        ConnectionString = connectionString,
        ClusterId = "qlearning",
    });

    private static async Task LearnAsync(QLearningSilo silo, string prefix, int count)
    {
        await using var client = await QLearningClient.ConnectAsync(silo.ConnectionString);
        var transitions = Enumerable.Range(0, count).Select(number => new Transition
        {
            State = State.FromKey(string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number}")),
            Action = AgentAction.Named("a"),
            Reward = 1 + number,
            Done = true,
        });
        await client.AgentType(AgentType).LearnAsync(transitions, WriteMode.Durable);
    }

    // What was durable is answered by a new silo, and it learns on.
    private static async Task AnswersAsync(string connectionString)
    {
        await using var silo = await StartAsync(connectionString);
        await using var client = await QLearningClient.ConnectAsync(connectionString);
        var best = await client.AgentType(AgentType).GetBestActionAsync(StateKey.Parse($"before-{Before - 1}"));
        Assert.Equal(1, best!.VisitCount);
        Assert.Null(await client.AgentType(AgentType).GetBestActionAsync(StateKey.Parse("after-0")));
        await LearnAsync(silo, "later", 1);
    }

    private static async Task AgreesAsync(NpgsqlDataSource database)
    {
        var checks = await new ConsistencyCheck(database, TimeProvider.System).RunAsync(refreshViews: true, 1, CancellationToken.None);
        Assert.All(checks, check => Assert.Equal(0, check.Violations));
    }

    private static async Task<string> AskAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static string Name(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;

    private static async Task RunAsync(string connectionString, string program, params string[] arguments) =>
        (await ScriptRun.RunAsync([Tool(program), .. arguments], Variables(connectionString))).Succeeded();

    private static ChildProcess Start(string connectionString, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool(program), arguments);
        Variables(connectionString).ToList().ForEach(variable => start.Environment[variable.Key] = variable.Value);
        return new ChildProcess(start);
    }

    // The tools of a server are beside it, and Debian has only some of them on the path.
    private static string Tool(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderBy(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
                .Select(folder => Path.Combine(folder, "bin", name)).Last(File.Exists)
            : name;

    private static Dictionary<string, string> Variables(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        return new()
        {
            ["PGHOST"] = database.Host!,
            ["PGPORT"] = database.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = database.Username!,
            ["PGPASSWORD"] = database.Password!,
            ["PGDATABASE"] = database.Database!,
        };
    }
}
