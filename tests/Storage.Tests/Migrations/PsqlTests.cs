using System.Diagnostics;
using Npgsql;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>The files run with plain psql as well, twice, and the program adopts what they made.</summary>
public sealed class PsqlTests : MigrationTest
{
    [Fact]
    public async Task Files_run_twice_with_psql_are_adopted()
    {
        using var folder = new TemporaryFolder();
        var files = MigrationScript.All.Select((script, i) =>
        {
            var file = folder.At($"{i:00}.sql");
            File.WriteAllText(file, script.Sql);
            return file;
        }).ToList();
        await RunAsync([.. files, .. files]);
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's1', '1', 'a1', '1', 2.5)");
        var report = await MigrateAsync();
        Assert.Equal(MigrationScript.All.Count, report.Applied.Count);
        Assert.Equal(["s1|2.500000"], await RowsAsync("select state_hash, q_value from q_values"));
        Assert.Equal(18, await CountAsync("agent_types"));
    }

    private async Task RunAsync(IEnumerable<string> files)
    {
        var builder = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        var start = new ProcessStartInfo("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", .. files.SelectMany(file => new[] { "-f", file })])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PGHOST"] = builder.Host;
        start.Environment["PGPORT"] = $"{builder.Port}";
        start.Environment["PGUSER"] = builder.Username;
        start.Environment["PGPASSWORD"] = builder.Password;
        start.Environment["PGDATABASE"] = builder.Database;
        using var psql = new ChildProcess(start);
        var (output, errors) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync();
        await output;
        Assert.True(psql.ExitCode == 0, await errors);
    }
}
