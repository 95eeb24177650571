using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using QLearning.Abstractions;
using QLearning.Grains.Shutdown;

namespace QLearning.Bench.Simulation;

/// <summary>Everything of one schedule.</summary>
internal sealed class SimWorld : IDisposable
{
    public const string AgentType = "t";

    private const int MaxFailures = 10;

    private static readonly IOptions<GrainCollectionOptions> _collection = Options.Create(new GrainCollectionOptions());

    private readonly Dictionary<Guid, string> _names = [];
    private readonly HashSet<(Guid Episode, int Step)> _notStored = [];
    private readonly List<string> _failures = [];
    private readonly List<string>? _trace;

    public SimWorld(SimPlan plan, bool isTracing)
    {
        Plan = plan;
        _trace = isTracing ? [] : null;
        // Three streams, so that a smaller plan of the same seed stays alike.
        Scheduler = new SimScheduler(new Random(plan.Seed)) { OnError = error => Fail($"Nobody caught: {error}") };
        Chance = new Random(plan.Seed ^ 0x5bd1e995);
        Work = new Random(plan.Seed ^ 0x1b873593);
        Store = new ModelStore(this);
        Network = new SimNetwork(this);
        Ledger = new SimLedger(this);
        Cluster = new SimCluster(this);
    }

    public SimPlan Plan { get; }

    public CallsAtStop CallsAtStop { get; } = new(new NeverStops(), _collection, new StoppedTime());

    public SimScheduler Scheduler { get; }

    /// <summary>Decides what goes wrong.</summary>
    public Random Chance { get; }

    /// <summary>Decides what callers do.</summary>
    public Random Work { get; }

    public ModelStore Store { get; }

    public SimNetwork Network { get; }

    public SimLedger Ledger { get; }

    public SimCluster Cluster { get; }

    public List<SimClient> Clients { get; } = [];

    /// <summary>True when nothing goes wrong any more.</summary>
    public bool IsSettling { get; set; }

    public bool IsTracing => _trace is not null;

    public IReadOnlyList<string> Failures => _failures;

    public IReadOnlyList<string> Lines => _trace ?? [];

    public bool IsFaulty(SimFaults fault) => !IsSettling && Plan.Has(fault);

    public bool Is(Sabotage sabotage) => Plan.Sabotage == sabotage;

    public void Trace(string line) =>
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(Scheduler.Now).TotalSeconds,8:0.000} {line}"));

    public void Fail(string failure)
    {
        if (_failures.Count < MaxFailures)
        {
            Trace($"WRONG: {failure}");
            _failures.Add(failure);
        }
    }

    /// <summary>A short name of a client's list.</summary>
    public string NameOf(Guid client)
    {
        if (!_names.TryGetValue(client, out var name))
        {
            _names[client] = name = $"list{_names.Count + 1}";
        }

        return name;
    }

    public string Describe(UpdateBatch batch)
    {
        var updates = from each in batch.Groups
                      from i in Enumerable.Range(0, each.Count)
                      select $"{each.NumberAt(i)}:{each.StateAt(i)}/{each.ActionAt(i)}";
        var owner = batch.Owner == Guid.Empty ? "any owner" : NameOf(batch.Owner);
        return $"{NameOf(batch.ClientId)} [{string.Join(' ', updates)}] settled below {batch.SettledBelow}, {batch.Mode}, for {owner}";
    }

    public string Describe(UpdateResult result) => $"{NameOf(result.Owner)}: "
        + (result.Results is null ? "another owner" : $"versions {string.Join(' ', result.Results.Select(learned => learned.Version))}")
        + $", durable {result.Durable}"
        + string.Concat(result.Refusals.Select(refusal => $", {refusal.Group} refused: {refusal.Error.Message}"))
        + (result.NotDurable is null ? string.Empty : $", not durable: {result.NotDurable}");

    /// <summary>The number of an agent's step, or what a faulty program makes of it.</summary>
    public UpdateId Sabotaged(UpdateId update, Guid episode, int step) =>
        Is(Sabotage.StepWithoutNumber) || (Is(Sabotage.StepReportedAnew) && _notStored.Contains((episode, step)))
            ? new UpdateId(Guid.NewGuid(), 1, 1)
            : update;

    public void Dispose() => CallsAtStop.Dispose();

    /// <summary>A step was learned, and not stored.</summary>
    public void NotStored(Observation observation) => _notStored.Add((observation.EpisodeId, observation.Step));
}
