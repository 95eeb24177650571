using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Grains.Maintenance;
using QLearning.Silo;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn maintenance</c>, <c>qlearn status</c> and <c>qlearn db check</c> on a running cluster.</summary>
public sealed class MaintenanceCommandTests
{
    [Fact]
    public async Task A_run_on_demand_is_shown_by_the_status()
    {
        await using var database = await TestDatabase.CreateAsync();
        // The daily run must not come in between.
        var farFromNow = TimeSpan.FromHours((TimeProvider.System.GetUtcNow().Hour + 12) % 24);
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = database.ConnectionString },
            configure: builder => builder.Services.Configure<MaintenanceOptions>(options => options.CleanUpTime = farFromNow));
        await database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, expires_at)
            select 'test-generator', 's' || i, '1', 'a', '1', now() - interval '1 s' from generate_series(1, 1234) i
            """);
        Assert.Contains("clean-up: not run yet", await SaysAsync("status", database), StringComparison.Ordinal);
        Assert.Contains("deleted: q_values 1,234, trajectories 0", await SaysAsync("maintenance run", database), StringComparison.Ordinal);
        Assert.Contains("q_values 1,234", await SaysAsync("maintenance status", database), StringComparison.Ordinal);
        var status = JsonDocument.Parse(await SaysAsync("status --json", database)).RootElement.GetProperty("maintenance");
        Assert.Equal(1234, status.GetProperty("cleanUp").GetProperty("deleted")[0].GetProperty("rows").GetInt64());
        Assert.Equal("refreshViews", status.GetProperty("refreshViews").GetProperty("job").GetString());
    }

    [Fact]
    public async Task A_database_that_does_not_agree_fails_the_check_and_says_where()
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.Contains("Everything agrees.", await SaysAsync("db check", database), StringComparison.Ordinal);
        await database.ExecuteInAsync("insert into sessions (agent_type, task_count) values ('quality-gate', 3)");
        Assert.Contains("WRONG  sessions agree with their trajectories (1 checked, 1 wrong)",
            await SaysAsync("db check", database, ExitCode.Failure), StringComparison.Ordinal);
        var json = JsonDocument.Parse(await SaysAsync("db check --json --no-refresh", database, ExitCode.Failure)).RootElement;
        Assert.False(json.GetProperty("isConsistent").GetBoolean());
    }

    private static async Task<string> SaysAsync(string command, TestDatabase database, int exitCode = ExitCode.Success)
    {
        using var output = new CapturedOutput();
        Assert.Equal(exitCode, await output.RunAsync([.. command.Split(' '), "--cluster", database.ConnectionString]));
        return output.Result;
    }
}
