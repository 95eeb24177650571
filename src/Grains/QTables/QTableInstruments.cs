using System.Diagnostics.Metrics;
using QLearning.Abstractions;
using QLearning.Grains.Telemetry;
using QLearning.Learning.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// Metrics of all Q-tables of a silo. Counters are read from their owners when somebody collects, see <see cref="OwnerCounts"/>; what
/// owners that are no more have counted is kept for their agent type.
/// </summary>
internal sealed class QTableInstruments
{
    // From a look-up to a query that waits for a lock.
    private static readonly double[] _readSeconds =
        [2.5e-7, 5e-7, 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 1e-4, 2.5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

    private static readonly double[] _activationSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly double[] _errors = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1000, 10_000];

    private static readonly KeyValuePair<string, object?> _fromMemory = new("from", "memory");
    private static readonly KeyValuePair<string, object?> _fromDatabase = new("from", "database");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TypeOwners> _types = [];
    private readonly AgentTypeTags _tags;
    private readonly Histogram<double> _readDuration;
    private readonly Histogram<double> _activationDuration;
    private readonly Histogram<double> _tdError;

    public QTableInstruments(IMeterFactory meters, AgentTypeTags tags)
    {
        _tags = tags;
        var meter = meters.Create(QLearningTelemetry.Name);
        _readDuration = Histogram(meter, "qlearning.read.duration", "s", "Time of a read in its grain", _readSeconds);
        _activationDuration = Histogram(
            meter, "qlearning.activation.duration", "s", "Time in which a partition took its rows and was loaded", _activationSeconds);
        _tdError = Histogram(meter, "qlearning.td_error", null, "Size of the temporal-difference error of one update in 16", _errors);
        ObserveReads(meter);
        ObserveUpdates(meter);
        ObserveMemory(meter);
    }

    /// <summary>Counts for a new owner.</summary>
    public OwnerMeter Begin(string agentType, QTable table)
    {
        var owner = new OwnerMeter(this, _tags.Of(agentType), table);
        lock (_lock)
        {
            var name = (string)owner.Tag.Value!;
            if (!_types.TryGetValue(name, out var type))
            {
                _types[name] = type = new TypeOwners(owner.Tag);
            }

            type.Live.Add(owner);
        }

        return owner;
    }

    /// <summary>An owner is no more.</summary>
    public void End(OwnerMeter owner)
    {
        lock (_lock)
        {
            var type = _types[(string)owner.Tag.Value!];
            if (type.Live.Remove(owner))
            {
                type.Past.Add(owner.Counts);
            }
        }
    }

    public void Read(TimeSpan duration, bool isFromDatabase) =>
        _readDuration.Record(duration.TotalSeconds, isFromDatabase ? _fromDatabase : _fromMemory);

    public void Activated(string agentType, TimeSpan duration) => _activationDuration.Record(duration.TotalSeconds, _tags.Of(agentType));

    public void TdError(double size, KeyValuePair<string, object?> agentType) => _tdError.Record(size, agentType);

    private static Histogram<double> Histogram(Meter meter, string name, string? unit, string description, double[] buckets) =>
        meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private void ObserveReads(Meter meter)
    {
        string[] results = ["hit", "miss", "other_partition"];
        meter.CreateObservableCounter(
            "qlearning.best_actions",
            () => Each("result", results, static (counts, result) =>
                result == 0 ? counts.BestHits : result == 1 ? counts.BestMisses : counts.BestElsewhere),
            "{read}",
            "Best actions asked for, each state of a batch");
        meter.CreateObservableCounter(
            "qlearning.selections",
            () => Each("result", results, static (counts, result) =>
                result == 0 ? counts.SelectionHits : result == 1 ? counts.SelectionMisses : counts.SelectionsElsewhere),
            "{selection}",
            "Actions chosen by the exploration policy");
        meter.CreateObservableCounter(
            "qlearning.selections.explored", () => Each(static counts => counts.Explored), "{selection}", "Selections that explored");
        meter.CreateObservableCounter(
            "qlearning.states.loaded", () => Each(static counts => counts.Loaded), "{state}", "States read because they were asked for");
        meter.CreateObservableCounter(
            "qlearning.states.evicted", () => Each(static counts => counts.Evicted), "{state}", "States that left memory to make room");
    }

    private void ObserveUpdates(Meter meter)
    {
        meter.CreateObservableCounter("qlearning.updates", Updates, "{update}", "Updates learned");
        meter.CreateObservableCounter(
            "qlearning.updates.repeated", () => Each(static counts => counts.Repeated), "{update}", "Updates that were learned before");
        meter.CreateObservableCounter(
            "qlearning.updates.refused",
            () => Each("reason", RefusalReasons.Names, static (counts, reason) => counts.Refused(reason)),
            "{update}",
            "Updates refused by a grain");
        meter.CreateObservableCounter(
            "qlearning.rewards",
            () => Each("sign", ["positive", "negative"], static (counts, sign) => sign == 0 ? counts.RewardsUp : counts.RewardsDown),
            unit: null,
            "Sum of the sizes of the rewards that were learned");
    }

    private void ObserveMemory(Meter meter)
    {
        meter.CreateObservableGauge("qlearning.hot.states", () => InMemory(static owner => owner.States), "{state}", "States in memory");
        meter.CreateObservableGauge(
            "qlearning.hot.q_values", () => InMemory(static owner => owner.QValues), "{q_value}", "Q-values in memory");
    }

    private List<Measurement<long>> Updates()
    {
        var all = new List<Measurement<long>>();
        for (var rule = 0; rule < OwnerCounts.RuleNames.Count; rule++)
        {
            var (own, name) = (rule, new KeyValuePair<string, object?>("rule", OwnerCounts.RuleNames[rule]));
            all.AddRange(Each("mode", OwnerCounts.ModeNames, (counts, mode) => counts.Updates(own, mode))
                .Select(one => new Measurement<long>(one.Value, [.. one.Tags, name])));
        }

        return all;
    }

    private List<Measurement<long>> Each(Func<OwnerCounts, long> read)
    {
        lock (_lock)
        {
            return [.. _types.Values
                .Select(type => new Measurement<long>(type.All.Sum(read), type.Tag))
                .Where(one => one.Value > 0)];
        }
    }

    private List<Measurement<T>> Each<T>(string tag, IReadOnlyList<string> values, Func<OwnerCounts, int, T> read)
        where T : struct, System.Numerics.INumber<T>
    {
        var all = new List<Measurement<T>>();
        lock (_lock)
        {
            foreach (var type in _types.Values)
            {
                for (var i = 0; i < values.Count; i++)
                {
                    var sum = type.All.Aggregate(T.Zero, (sum, counts) => sum + read(counts, i));
                    if (sum > T.Zero)
                    {
                        all.Add(new Measurement<T>(sum, type.Tag, new(tag, values[i])));
                    }
                }
            }
        }

        return all;
    }

    private List<Measurement<long>> InMemory(Func<OwnerMeter, int> read)
    {
        lock (_lock)
        {
            return [.. _types.Values.Select(type => new Measurement<long>(type.Live.Sum(owner => (long)read(owner)), type.Tag))];
        }
    }

    /// <summary>The owners of the tables of one agent type, or of all that share a tag.</summary>
    private sealed record TypeOwners(KeyValuePair<string, object?> Tag)
    {
        public HashSet<OwnerMeter> Live { get; } = [];

        public OwnerCounts Past { get; } = new();

        public IEnumerable<OwnerCounts> All => Live.Select(owner => owner.Counts).Append(Past);
    }
}
