using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using QLearning.Client;
using QLearning.Storage.WriteBehind;

namespace QLearning.Silo.Tests;

/// <summary>One trace leads from a client's call to the flush that stores it: real client, gateway, grain and PostgreSQL.</summary>
public sealed class TraceTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly ExportedSpans _spans = [];
    private readonly string _clusterId = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task One_trace_leads_from_a_clients_call_through_its_grain_to_the_flush_and_its_SQL()
    {
        await using var silo = await StartAsync(new AlwaysOnSampler());
        await using var client = await ConnectAsync();
        using (QLearningTelemetry.Source.StartActivity("agent"))
        {
            await client.AgentType("test-generator").LearnAsync(Transition("s"));
        }

        await Eventually.Holds(() => FlushesOf("learn for").Any(), "the flush of the call");
        var flush = FlushesOf("learn for").First();
        var trace = _spans.All.Where(span => span.TraceId == flush.TraceId).ToDictionary(span => span.SpanId);
        var apply = trace[flush.ParentSpanId];
        Assert.Equal((ActivityKind.Server, "IAgentTypeGrain/Apply"), (apply.Kind, apply.DisplayName));
        var call = trace[apply.ParentSpanId];
        Assert.Equal((ActivityKind.Client, "learn for"), (call.Kind, call.DisplayName));
        Assert.Equal("agent", trace[call.ParentSpanId].DisplayName);
        Assert.Contains(trace.Values, span => span.Source.Name == "Npgsql" && span.ParentSpanId == flush.SpanId);
    }

    [Fact]
    public async Task A_flush_has_a_link_to_each_call_that_it_stores()
    {
        // Nothing is flushed by itself, so that one flush stores both.
        await using var silo = await StartAsync(new AlwaysOnSampler(), flushInterval: TimeSpan.FromMinutes(10));
        await using var client = await ConnectAsync();
        var type = client.AgentType("test-executor");
        await type.LearnAsync(Transition("first"));
        await type.FlushAsync();
        foreach (var state in new[] { "s", "t" })
        {
            using var agent = QLearningTelemetry.Source.StartActivity("agent");
            await type.LearnAsync(Transition(state));
        }

        await type.FlushAsync();
        await Eventually.Holds(() => Flushes().Any(span => span.Links.Count() == 2), "a flush of two calls");
        var links = Flushes().First(span => span.Links.Count() == 2).Links.Select(link => link.Context).ToArray();
        Assert.Equal(2, links.Select(link => link.TraceId).Distinct().Count());
        Assert.All(links, link => Assert.Contains(_spans.All, span => span.Context.SpanId == link.SpanId));
    }

    [Fact]
    public async Task A_call_that_is_not_sampled_leaves_no_span_behind()
    {
        await using var silo = await StartAsync(new AlwaysOffSampler());
        await using var client = await ConnectAsync();
        using var agent = QLearningTelemetry.Source.StartActivity("agent");
        Assert.NotNull(agent);
        await client.AgentType("quality-gate").LearnAsync(Transition("s"), WriteMode.Durable);
        Assert.Empty(_spans.All);
    }

    private static Transition Transition(string state) =>
        new() { State = State.FromKey(state), Action = AgentAction.Named("a"), Reward = 1, Done = true };

    private IEnumerable<Activity> Flushes() => _spans.All.Where(span => span.Source.Name == QLearningTelemetry.Name
        && span.OperationName == "flush");

    private IEnumerable<Activity> FlushesOf(string call) => Flushes().Where(flush =>
        _spans.All.Any(span => span.TraceId == flush.TraceId && span.DisplayName == call && span.Kind == ActivityKind.Client));

    private Task<QLearningClient> ConnectAsync() =>
        QLearningClient.ConnectAsync(fixture.Database.ConnectionString, options => options.ClusterId = _clusterId);

    private Task<QLearningSilo> StartAsync(Sampler sampler, TimeSpan? flushInterval = null) => QLearningSilo.StartAsync(
        new SiloSettings { ConnectionString = fixture.Database.ConnectionString, ClusterId = _clusterId, Traces = true },
        configure: silo =>
        {
            silo.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.SetSampler(sampler).AddInMemoryExporter(_spans));
            silo.Services.Configure<WriteBehindOptions>(options => options.FlushInterval = flushInterval ?? options.FlushInterval);
        });
}
