using System.Diagnostics.Metrics;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// Metrics of the write-behind, in the meter <c>QLearning</c>. The tag <c>kind</c> is <c>q_values</c> or <c>trajectories</c>.
/// </summary>
public sealed class FlushInstruments
{
    /// <summary>The name of the project's one meter.</summary>
    public const string MeterName = "QLearning";

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
        _duration = meter.CreateHistogram<double>("qlearning.flush.duration", "s", "Time of one flush transaction, commit included");
        _lag = meter.CreateHistogram<double>("qlearning.flush.lag", "s", "Time from a grain's handing over to the end of its commit");
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
