using System.Diagnostics;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Postgres;
using QLearning.Testing;

namespace QLearning.Deploy.Tests.Telemetry;

/// <summary>A silo that the standard variables tell of a collector sends it metrics, traces and logs, by either protocol.</summary>
public sealed class OtlpTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task What_a_silo_sends_reaches_a_collector(string protocol)
    {
        await using var collector = await OtlpCollector.StartAsync(protocol == "grpc");
        // The start has a limit of its own.
        await using var silo = await SiloProcess.StartAsync(
            ["--data", _folder.Path],
            [],
            CancellationToken.None,
            environment: new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url.ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
                ["OTEL_TRACES_SAMPLER"] = "always_on",
                ["OTEL_SERVICE_NAME"] = "silo under test",
            });
        foreach (var (signal, text) in new[]
        {
            ("metrics", "qlearning.updates"), ("metrics", "silo under test"),
            ("trace", "IAgentTypeGrain/Apply"), ("trace", "flush"), ("trace", "silo under test"),
            ("logs", "silo under test"),
        })
        {
            // What is exported while the collector is slow is dropped, so that it learns again.
            await Eventually.Holds(
                async () =>
                {
                    await LearnAsync();
                    return collector.Has(signal, text);
                },
                $"'{text}' among {signal}",
                _patience);
        }

        using var deadline = new CancellationTokenSource(_patience);
        Assert.Equal(0, await silo.TerminateAsync(deadline.Token));
    }

    /// <summary>Learns as a part of a trace that is sampled: the client has one in a program of its own.</summary>
    private async Task LearnAsync()
    {
        await using var client = await QLearningClient.ConnectAsync(EmbeddedPostgres.FindRunning(_folder.Path)!.ConnectionString);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QLearningTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var agent = QLearningTelemetry.Source.StartActivity("agent");
        await client.AgentType("test-generator").LearnAsync(
            new Transition { State = State.FromKey("s"), Action = AgentAction.Named("a"), Reward = 1, Done = true }, WriteMode.Durable);
    }
}
