using System.Diagnostics.Metrics;
using QLearning.Abstractions;
using QLearning.Grains.Telemetry;

namespace QLearning.Grains.Patterns;

/// <summary>Metrics of pattern libraries. A search takes hundreds of microseconds, so each is noted.</summary>
internal sealed class PatternInstruments
{
    private static readonly double[] _seconds = [5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1];

    private readonly AgentTypeTags _tags;
    private readonly Histogram<double> _searchDuration;

    public PatternInstruments(IMeterFactory meters, AgentTypeTags tags)
    {
        _tags = tags;
        _searchDuration = meters.Create(QLearningTelemetry.Name).CreateHistogram(
            "qlearning.pattern.search.duration",
            "s",
            "Time of a pattern search in its grain",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = _seconds });
    }

    public void Searched(string agentType, bool isFound, TimeSpan duration) =>
        _searchDuration.Record(duration.TotalSeconds, _tags.Of(agentType), new("result", isFound ? "hit" : "miss"));
}
