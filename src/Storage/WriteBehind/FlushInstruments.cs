using System.Diagnostics.Metrics;
using QLearning.Abstractions;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// Metrics of the write-behind, in the meter <c>QLearning</c>. The tag <c>kind</c> is <c>q_values</c> or <c>trajectories</c>.
/// </summary>
public sealed class FlushInstruments
{
    /// <summary>The name of the project's one meter.</summary>
    public const string MeterName = QLearningTelemetry.Name;

    // From a commit on a fast disk to one that waits for a lock or an outage.
    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _retries;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public FlushInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram(
            "qlearning.flush.duration", "s", "Time of one flush transaction, commit included", tags: null, _seconds);
        _lag = meter.CreateHistogram(
            "qlearning.flush.lag", "s", "Time from a grain's handing over to the end of its commit", tags: null, _seconds);
        _rows = meter.CreateCounter<long>("qlearning.flush.rows", "{row}", "Rows written");
        _fenced = meter.CreateCounter<long>(
            "qlearning.flush.fenced", "{flush}", "Flushes left out because a newer activation owns the rows");
        _retries = meter.CreateCounter<long>("qlearning.flush.retries", "{flush}", "Flush transactions that failed and were tried again");
    }

    internal void Retried(string kind) => _retries.Add(1, Tag(kind));

    internal void Committed(string kind, TimeSpan duration) => _duration.Record(duration.TotalSeconds, Tag(kind));

    internal void FencedOff() => _fenced.Add(1);

    internal void Written(string kind, int rows, TimeSpan lag)
    {
        _rows.Add(rows, Tag(kind));
        _lag.Record(lag.TotalSeconds, Tag(kind));
    }

    private static KeyValuePair<string, object?> Tag(string kind) => new("kind", kind);
}
