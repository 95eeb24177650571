using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;
using OpenTelemetry.Trace;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Testing;

namespace QLearning.Bench.Comparisons.Telemetry;

/// <summary>A silo in a process of its own that tells of itself in one way, with a client that does the same.</summary>
internal sealed partial class TelemetrySilo : IAsyncDisposable
{
    // As often as Prometheus asks where it asks often. A turn begins with one: shorter turns have more of them than silos that run.
    private static readonly TimeSpan _scrapeInterval = TimeSpan.FromSeconds(15);

    private readonly SiloProcess _silo;
    private readonly BenchClient _client;
    private readonly AgentTypeClient _agentType;
    private readonly HttpClient _http = new();
    private readonly bool _isTraced;
    private readonly Uri? _metrics;

    private TelemetrySilo(string name, SiloProcess silo, BenchClient client, AgentTypeClient agentType, string[] settings)
    {
        (Name, _silo, _client, _agentType) = (name, silo, client, agentType);
        _isTraced = settings.Any(setting => setting.Contains("OTLP_TRACES", StringComparison.Ordinal));
        _metrics = settings.Any(setting => setting.Contains("Metrics=false", StringComparison.Ordinal))
            ? null
            : new Uri(MetricsAddress().Match(silo.Said).Groups[1].Value);
    }

    public string Name { get; }

    /// <summary>Starts both, and stores what is asked for.</summary>
    public static async Task<TelemetrySilo> StartAsync(
        string name, string agentType, string[] settings, string connectionString, CancellationToken cancellationToken)
    {
        var cluster = $"telemetry-{agentType}";
        var silo = await SiloProcess.StartAsync(
            ["--cluster", connectionString, "--http-port", "0"],
            ["env", $"QLearning__Silo__ClusterId={cluster}", .. settings],
            cancellationToken,
            BenchProgram.Name);
        var client = await BenchClient.ConnectAsync(connectionString, options => options.ClusterId = cluster, cancellationToken);
        var type = client.QLearning.AgentType(agentType);
        await Workload.FillAsync(type, cancellationToken);
        // The address is printed after the line that says that the silo is active.
        await Eventually.Holds(() => MetricsAddress().IsMatch(silo.Said), "the address of the metrics");
        return new TelemetrySilo(name, silo, client, type, settings);
    }

    /// <summary>Takes a turn.</summary>
    public async Task<Sample> MeasureAsync(int round, Callers callers)
    {
        // A process traces for all its clients: only while it is the turn of this one.
        using var traces = _isTraced
            ? Sdk.CreateTracerProviderBuilder()
                .AddSource(QLearningTelemetry.Name)
                .Build()
            : null;
        using var ended = new CancellationTokenSource();
        var scraping = ScrapeAsync(ended.Token);
        var (before, began) = (ProcessorTime(), Stopwatch.GetTimestamp());
        var turn = await callers.Contender(Name, (_, random) => _agentType.GetBestActionAsync(Workload.AnyKey(random)))
            .MeasureAsync(round, CancellationToken.None);
        var made = turn.Value * Stopwatch.GetElapsedTime(began).TotalSeconds;
        var used = ProcessorTime() - before;
        await ended.CancelAsync();
        await scraping;
        return turn with { Extra = used.TotalMicroseconds / made };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _client.DisposeAsync();
        await _silo.DisposeAsync();
    }

    private async Task ScrapeAsync(CancellationToken cancellationToken)
    {
        while (_metrics is not null && !cancellationToken.IsCancellationRequested)
        {
            await _http.GetStringAsync(_metrics, CancellationToken.None);
            await Task.Delay(_scrapeInterval, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime + _silo.ProcessorTime;

    [GeneratedRegex(@"metrics: (\S+/metrics)")]
    private static partial Regex MetricsAddress();
}
