using QLearning.Bench.Comparisons.Telemetry;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// What metrics, traces and Orleans' dashboard cost a best action: each in a silo of its own on the same PostgreSQL, and in turns. The
/// other figure is the processor time of silo and client for a call, which says the same on a machine that others use too.
/// </summary>
internal sealed class TelemetryCost : IComparison
{
    private const string Off = "without";
    private const string Traces = "traces 1 %";
    private const string Messages = "messages too";
    private const string Dashboard = "dashboard";

    public string Name => "telemetry";

    public string Description => "Best action with metrics that are read, against none, with traces of 1 % and with the dashboard.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        // Each has an agent type of its own: two clusters on one database must not own the same rows.
        var silos = new List<TelemetrySilo>();
        foreach (var (name, agentType, settings) in Silos())
        {
            silos.Add(await TelemetrySilo.StartAsync(name, agentType, settings, surroundings.ConnectionString, cancellationToken));
        }

        Contender[] contenders =
            [.. silos.Select(silo => new Contender(silo.Name, (round, _) => silo.MeasureAsync(round, surroundings.Callers)))];
        return new Contest(
            "calls/s",
            contenders[0],
            contenders[1..],
            [
                Goal.Times(Off, 0.97), Goal.Between(Traces, Off, 0.95),
                Goal.Between(Messages, Off, double.NegativeInfinity), Goal.Between(Dashboard, Off, double.NegativeInfinity),
                Processor("µs × without", (own, rivals) => own.Extra / rivals[Off].Extra),
                Processor("µs traces × without", (_, rivals) => rivals[Traces].Extra / rivals[Off].Extra),
                Processor("µs messages too × without", (_, rivals) => rivals[Messages].Extra / rivals[Off].Extra),
                Processor("µs dashboard × without", (_, rivals) => rivals[Dashboard].Extra / rivals[Off].Extra),
            ])
        {
            Held = silos,
        };
    }

    private static (string Name, string AgentType, string[] Settings)[] Silos()
    {
        // Nobody listens there: what is sent is made and dropped. A client traces one call in 100 by itself.
        string[] traced = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:9"];
        return
        [
            ("metrics", "test-generator", []),
            (Off, "test-executor", ["QLearning__Silo__Metrics=false"]),
            (Traces, "quality-gate", traced),
            (Messages, "regression-risk-analyzer", ["QLearning__Silo__MessageMetrics=true"]),
            (Dashboard, "coverage-analyzer", ["QLearning__Silo__Dashboard=true"]),
        ];
    }

    private static Goal Processor(string name, Func<Figures, IReadOnlyDictionary<string, Figures>, double?> find) =>
        new(name, double.PositiveInfinity, false, find);
}
