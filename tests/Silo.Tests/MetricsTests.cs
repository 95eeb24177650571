using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using QLearning.Client;
using QLearning.Grains.Telemetry;
using QLearning.Silo.Telemetry;

namespace QLearning.Silo.Tests;

/// <summary>What the guide says of metrics is what a silo exports, and the web server is the first that starts.</summary>
[Collection(nameof(Alone))]
public sealed partial class MetricsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    // What only happens when something fails, and is left to the tests of outages.
    private const string OfOutages = "qlearning_flush_retries_total";

    private readonly string _clusterId = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Each_documented_metric_is_exported_after_every_feature_was_used_once_and_no_other_of_ours()
    {
        await using var silo = await StartAsync();
        await using var client = await QLearningClient.ConnectAsync(
            fixture.Database.ConnectionString,
            // Some calls are made once: a busy machine may take seconds for its first answer.
            options => (options.ClusterId, options.ResponseTimeout) = (_clusterId, TimeSpan.FromMinutes(1)));
        using var http = new HttpClient { BaseAddress = silo.HttpUrl };
        await UseQTableAsync(client.AgentType("test-generator"));
        await UseAgentAsync(client);
        await UsePatternsAsync(client.Patterns("test-generator"));
        await EvictAsync(client);
        await client.Maintenance.RunAsync();
        await FenceAsync(silo);
        var documented = Documented().Order().ToArray();
        string[] exported = [];
        await Eventually.Holds(
            async () =>
            {
                exported = [.. (await ExportedAsync(http)).Append(OfOutages).Distinct().Order()];
                return exported.SequenceEqual(documented);
            },
            "the metrics of the guide")
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(documented, exported);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_Orleans_counts_of_each_message_is_collected_when_it_is_asked_for(bool messageMetrics)
    {
        var collected = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == MessageInstruments.Meter)
                {
                    collected[instrument.Name] = instrument.Enabled;
                }
            },
        };
        await using var silo = await StartAsync(settings => settings.MessageMetrics = messageMetrics);
        await silo.AgentType("test-generator").GetBestAction(StateKey.Parse("s"));
        // Tells of all instruments there are, after the silo's own collector has heard of them.
        listener.Start();
        var known = MessageInstruments.Names.Where(collected.ContainsKey).ToArray();
        Assert.Equal(MessageInstruments.Names.Order(), known.Order());
        Assert.All(known, name => Assert.Equal(messageMetrics, collected[name]));
        Assert.True(collected["orleans-messaging-rejected"]);
    }

    [Fact]
    public void What_is_sent_names_the_service_as_the_standard_variables_do_or_by_the_projects_name()
    {
        Assert.Equal("qlearning", ServiceNameOf([]));
        Assert.Equal("ours", ServiceNameOf([new("OTEL_SERVICE_NAME", "ours")]));
        Assert.Equal("theirs", ServiceNameOf([new("OTEL_RESOURCE_ATTRIBUTES", "team=qe,service.name=theirs")]));

        static object ServiceNameOf(KeyValuePair<string, string?>[] configuration)
        {
            var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Configuration.AddInMemoryCollection(configuration);
            SiloTelemetry.Add(builder, new SiloSettings());
            using var services = builder.Services.BuildServiceProvider();
            var resource = services.GetRequiredService<MeterProvider>().GetResource();
            return resource.Attributes.Single(attribute => attribute.Key == "service.name").Value;
        }
    }

    [Fact]
    public async Task The_web_server_starts_before_all_other_services()
    {
        await using var silo = await StartAsync();
        Assert.Equal("GenericWebHostService", silo.Services.GetServices<IHostedService>().First().GetType().Name);
    }

    private static async Task UseQTableAsync(AgentTypeClient type)
    {
        var (state, action) = (State.FromKey("s"), AgentAction.Named("a"));
        await type.LearnAsync(new Transition { State = state, Action = action, Reward = 1, Done = true });
        await type.GetBestActionAsync(state.Key);
        // So many at once that they are merged.
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => type.GetBestActionAsync(state.Key)));
        // By chance the best action is among those that are explored.
        AgentAction[] candidates = [action, .. Enumerable.Range(0, 20).Select(i => AgentAction.Named($"b{i}"))];
        for (var i = 0; i < 10; i++)
        {
            await type.SelectActionAsync(state.Key, candidates, explorationRate: 1);
        }

        await type.RecordRewardsAsync([new DelayedReward { State = state.Key, Action = action.Key, Reward = -1 }]);
    }

    private static async Task UseAgentAsync(QLearningClient client)
    {
        var agent = client.Agent("test-generator", "a-1");
        await agent.SelectActionAsync(State.FromKey("s"), [AgentAction.Named("a")]);
        await agent.ObserveAsync(new AgentOutcome { Reward = 1, NextState = State.FromKey("t"), Done = true });
    }

    private static async Task UsePatternsAsync(PatternLibraryClient patterns)
    {
        await patterns.StoreAsync(new NewPattern { Name = "boundaries first", Type = "strategy", DataJson = "{}" });
        await patterns.SearchAsync("boundary first");
    }

    /// <summary>Learns more states than there is room for, and reads one that had to go.</summary>
    private static async Task EvictAsync(QLearningClient client)
    {
        var gate = await client.AgentTypes.GetAsync("quality-gate");
        await client.AgentTypes.ChangeAsync(gate with { Settings = gate.Settings with { HotLimit = QLimits.MinHotStates } });
        var type = client.AgentType("quality-gate");
        var upserts = Enumerable.Range(0, 3 * QLimits.MaxBatch)
            .Select(i => new QValueUpsert(State.FromKey($"s{i}"), AgentAction.Named("a"), 1));
        foreach (var batch in upserts.Chunk(QLimits.MaxBatch))
        {
            await type.UpsertAsync(batch, WriteMode.Durable);
        }

        await type.GetBestActionsAsync(Enumerable.Range(0, 1000).Select(i => StateKey.Parse($"s{i}")));
    }

    /// <summary>Sends an update twice, and one more after a newer owner has come: the flush is fenced, and the update refused.</summary>
    private async Task FenceAsync(QLearningSilo silo)
    {
        var grain = silo.AgentType("test-generator");
        var batch = new UpdateBatch { ClientId = Guid.NewGuid(), SettledBelow = 1, Groups = [Update(1)], Mode = WriteMode.Durable };
        await grain.Apply(batch);
        await grain.Apply(batch);
        await fixture.Database.ExecuteInAsync("update q_table_owners set epoch = epoch + 1000");
        await Assert.ThrowsAsync<FencedException>(async () => await grain.Apply(batch with { Groups = [Update(2)] }));
        await Eventually.Holds(
            async () => (await grain.Apply(batch with { Groups = [Update(3) with { Rewards = [Unknown()], Transitions = [] }] }))
                .Refusals.Length == 1,
            "a refused update");
    }

    private static UpdateGroup Update(long number) => new()
    {
        Number = number,
        Transitions = [new Transition { State = State.FromKey("s"), Action = AgentAction.Named("a"), Reward = 1, Done = true }],
    };

    private static DelayedReward Unknown() => new()
    {
        State = StateKey.Parse("s"),
        Action = AgentAction.Named("a").Key,
        Reward = 1,
        TrajectoryId = Guid.NewGuid(),
    };

    private static async Task<string[]> ExportedAsync(HttpClient http) =>
        [.. Exported().Matches(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Select(match => match.Groups[1].Value)];

    private static string[] Documented() =>
    [
        .. InGuide().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md"))).Select(match => match.Groups[1].Value),
    ];

    [GeneratedRegex("^# TYPE (qlearning_[a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Exported();

    [GeneratedRegex(@"\| `qlearning\.[a-z._]+` \| `(qlearning_[a-z_]+)` \|")]
    private static partial Regex InGuide();

    private Task<QLearningSilo> StartAsync(Action<SiloSettings>? change = null)
    {
        var settings = new SiloSettings { ConnectionString = fixture.Database.ConnectionString, ClusterId = _clusterId, HttpPort = 0 };
        change?.Invoke(settings);
        return QLearningSilo.StartAsync(
            settings,
            configure: silo => silo.Services.Configure<TelemetryOptions>(options => options.DatabaseInterval = TimeSpan.FromSeconds(1)));
    }
}
