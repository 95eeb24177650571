using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QLearning.Silo.Tests;

/// <summary>What the guide says of metrics is what a silo exports, and the web server is the first that starts.</summary>
public sealed class MetricsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Each_documented_metric_is_exported_after_learning_and_no_other_of_ours()
    {
        await using var silo = await StartAsync();
        using var http = new HttpClient { BaseAddress = silo.HttpUrl };
        // A newer owner, so that a flush is fenced. That one is tried again is left to the tests of outages.
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAgentTypeGrain>("test-generator");
        await LearnAsync(grain, 1);
        await fixture.Database.ExecuteInAsync("update q_table_owners set epoch = epoch + 1000");
        await Assert.ThrowsAsync<FencedException>(() => LearnAsync(grain, 2));
        var exported = await ExportedAsync(http);
        Assert.Contains("qlearning_flush_fenced_total", exported);
        Assert.Equal(Documented().Order(), exported.Append("qlearning_flush_retries_total").Distinct().Order());
    }

    [Fact]
    public async Task The_web_server_starts_before_all_other_services()
    {
        await using var silo = await StartAsync();
        Assert.Equal("GenericWebHostService", silo.Services.GetServices<IHostedService>().First().GetType().Name);
    }

    private static async Task LearnAsync(IAgentTypeGrain grain, long number) => await grain.Apply(new UpdateBatch
    {
        ClientId = Guid.NewGuid(),
        SettledBelow = 1,
        Groups =
        [
            new UpdateGroup
            {
                Number = number,
                Transitions = [new Transition { State = State.FromKey("s"), Action = AgentAction.Named("a"), Reward = 1, Done = true }],
            },
        ],
        Mode = WriteMode.Durable,
    });

    private static async Task<string[]> ExportedAsync(HttpClient http) =>
        [.. Regex.Matches(
                await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), "^# TYPE (qlearning_[a-z_]+) ", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)];

    private static string[] Documented() =>
        [.. Regex.Matches(File.ReadAllText(Path.Combine(Root(), "docs", "metrics.md")), "\\| `(qlearning_[a-z_]+)` \\|")
            .Select(match => match.Groups[1].Value)];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "QLearning.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private Task<QLearningSilo> StartAsync() => QLearningSilo.StartAsync(new SiloSettings
    {
        ConnectionString = fixture.Database.ConnectionString,
        ClusterId = Guid.NewGuid().ToString("N"),
        HttpPort = 0,
    });
}
