using QLearning.Abstractions;
using QLearning.Grains.Rewards;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.Exploration;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// The loaded Q-table of one partition with what works on it, from the taking of its ownership until that is lost or released. All members
/// run in the turns of one grain. This file has its reads; <c>HotTable.Updates.cs</c> has its updates.
/// </summary>
internal sealed partial class HotTable(
    AgentTypeInfo type,
    PartitionOwner owner,
    QTable table,
    ClientWindows clients,
    StateLoader loader,
    TableRefresher refresher,
    LateRewards rewards,
    QTableFlusher flusher,
    IQTableEraser eraser,
    OwnerMeter meter,
    int siloMaxStates,
    Random random) : IDisposable
{
    private const int StackCandidates = 64;

    /// <summary>How many entries a selection walks through; for more a dictionary of them is worth its price.</summary>
    private const long MaxWalked = 1_000;

    private Learner _learner = new(type);

    public AgentTypeInfo Type { get; private set; } = type;

    public PartitionOwner Owner { get; } = owner;

    public TablePartition Partition => Owner.Partition;

    public QTable Table { get; } = table;

    public QTableFlusher Flusher { get; } = flusher;

    /// <summary>Counts what is done.</summary>
    public OwnerMeter Meter { get; } = meter;

    /// <summary>Updates learned since activation.</summary>
    public long Updates { get; private set; }

    private int MaxStates => Type.Settings.HotLimit ?? siloMaxStates;

    /// <summary>True when a read or update of the state needs no database.</summary>
    public bool IsHot(StateKey state) => Partition.Owns(state) && (Table.IsWhole || Table.Contains(state));

    /// <summary>
    /// Loads states that are not in memory; they stay until the lease is disposed, which must be before waiting for anything else.
    /// </summary>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public Task<StateLease> LeaseAsync(IEnumerable<StateKey> states) =>
        loader.LeaseAsync(Table.IsWhole ? [] : states);

    /// <summary>Notes that other programs changed states, to be read again soon; null: any state.</summary>
    public void Refresh(IReadOnlyCollection<StateKey>? states) => refresher.Note(states);

    /// <summary>Takes changed settings; they hold from the next call on.</summary>
    /// <exception cref="InvalidInputException">A setting is not allowed; the old ones stay.</exception>
    public void Change(AgentTypeInfo changed)
    {
        _learner = new Learner(changed);
        Type = changed;
        Table.TimeToLive = TimeSpan.FromDays(changed.Settings.TtlDays);
        loader.MaxStates = MaxStates;
    }

    /// <summary>Forgets clients that were silent for as long as the database keeps them.</summary>
    public void ForgetSilentClients(TimeSpan silence) => clients.Forget(silence);

    /// <summary>What is durable.</summary>
    public Durability GetDurability() => new(Owner.Id, Owner.Epoch, Table.DurableUpdate, Partition.Count);

    public void Dispose()
    {
        refresher.Dispose();
        Flusher.Dispose();
        Meter.Dispose();
    }

    public BestAction? GetBest(StateKey state)
    {
        if (!Table.TryGetBest(state, out var best))
        {
            Meter.Counts.BestMisses++;
            return null;
        }

        Meter.Counts.BestHits++;
        var action = Table.Actions[best.ActionIndex];
        return new BestAction(action.Key, action.Json!, best.QValue, best.Confidence, best.VisitCount);
    }

    public QValue[] GetQValues(StateKey state)
    {
        var entries = Table.GetRanked(state);
        var values = new QValue[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var action = Table.Actions[entries[i].ActionIndex];
            values[i] = new QValue(
                action.Key, action.Json!, entries[i].QValue, entries[i].VisitCount, entries[i].Confidence, entries[i].Uncertainty);
        }

        return values;
    }

    public SelectedAction Select(SelectActionRequest request)
    {
        var known = Table.GetEntries(request.State);
        var candidates = request.Candidates.Count > 0 ? request.Candidates : Learned(known, isOrdered: request.Seed is not null);
        if (candidates.Count == 0)
        {
            throw InvalidInputException.For(
                "state", request.State, "nothing was learned in it and no candidates were given", "a learned state, or candidate actions");
        }

        Span<double> qValues = candidates.Count <= StackCandidates ? stackalloc double[candidates.Count] : new double[candidates.Count];
        Span<int> visits = candidates.Count <= StackCandidates ? stackalloc int[candidates.Count] : new int[candidates.Count];
        var byKey = (long)candidates.Count * known.Count() > MaxWalked ? ByKey(known) : null;
        for (var i = 0; i < candidates.Count; i++)
        {
            var found = byKey is null ? Find(known, candidates[i].Key) : byKey.GetValueOrDefault(candidates[i].Key);
            (qValues[i], visits[i]) = found is { } entry ? (entry.QValue, entry.VisitCount) : (0, 0);
        }

        var choice = ExplorationPolicies.For(Type, request.ExplorationRate)
            .Choose(qValues, visits, request.Seed is { } seed ? new Random(seed) : random);
        Count(known, choice.Explored);
        var chosen = candidates[choice.Index];
        var json = chosen.Json ?? Describe(known, chosen.Key);
        return new SelectedAction(chosen with { Json = json }, qValues[choice.Index], choice.Explored, choice.Propensity);
    }

    private void Count(LiveEntries known, bool explored)
    {
        var counts = Meter.Counts;
        counts.Explored += explored ? 1 : 0;
        if (known.GetEnumerator().MoveNext())
        {
            counts.SelectionHits++;
        }
        else
        {
            counts.SelectionMisses++;
        }
    }

    private QEntry? Find(LiveEntries known, ActionKey action)
    {
        if (Table.Actions.TryGetIndex(action, out var index))
        {
            foreach (var entry in known)
            {
                if (Table.Actions.AreSame(entry.ActionIndex, index))
                {
                    return entry;
                }
            }
        }

        return null;
    }

    private Dictionary<ActionKey, QEntry?> ByKey(LiveEntries known)
    {
        var byKey = new Dictionary<ActionKey, QEntry?>();
        foreach (var entry in known)
        {
            byKey[Table.Actions[entry.ActionIndex].Key] = entry;
        }

        return byKey;
    }

    /// <summary>
    /// The JSON of an action as the state's own row has it; null: it has none. Not as another state's has it: what is chosen is stored.
    /// </summary>
    private string? Describe(LiveEntries known, ActionKey action) =>
        Find(known, action) is { } entry ? Table.Actions[entry.ActionIndex].Json : null;

    // In memory they lie as they were learned, or as PostgreSQL's scan met them: a seed must not choose by that.
    private AgentAction[] Learned(LiveEntries known, bool isOrdered)
    {
        var actions = new List<AgentAction>();
        foreach (var entry in known)
        {
            actions.Add(Table.Actions[entry.ActionIndex]);
        }

        if (isOrdered)
        {
            actions.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        }

        return [.. actions];
    }
}
