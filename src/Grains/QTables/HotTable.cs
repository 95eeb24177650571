using QLearning.Abstractions;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.Exploration;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;

namespace QLearning.Grains.QTables;

/// <summary>The loaded Q-table of one grain with what works on it. All members run in the grain's turns.</summary>
internal sealed class HotTable(
    AgentTypeInfo type,
    TablePartition part,
    long epoch,
    QTable table,
    ClientWindows clients,
    StateLoader loader,
    TableRefresher refresher,
    QTableFlusher flusher,
    int siloMaxStates,
    Random random) : IDisposable
{
    private const int StackCandidates = 64;

    private Learner _learner = new(type);

    public AgentTypeInfo Type { get; private set; } = type;

    /// <summary>The part of the agent type's Q-table that this is.</summary>
    public TablePartition Part { get; } = part;

    public long Epoch { get; } = epoch;

    public QTable Table { get; } = table;

    public QTableFlusher Flusher { get; } = flusher;

    public long Updates { get; private set; }

    private int MaxStates => Type.Settings.HotLimit ?? siloMaxStates;

    /// <summary>True when a read or update of the state needs no database.</summary>
    public bool IsHot(StateKey state) => Part.Owns(state) && (Table.IsWhole || Table.Contains(state));

    /// <summary>Loads the states that are not in memory, if the table is not loaded whole.</summary>
    public Task EnsureHotAsync(IEnumerable<StateKey> states) => Table.IsWhole ? Task.CompletedTask : loader.LoadAsync(states);

    /// <summary>Reads again what other programs changed; null: any state.</summary>
    public Task RefreshAsync(IReadOnlyCollection<StateKey>? states) => refresher.RefreshAsync(states);

    /// <summary>Takes changed settings; they hold from the next call on.</summary>
    /// <exception cref="InvalidInputException">A setting is not allowed; the old ones stay.</exception>
    public void Change(AgentTypeInfo changed)
    {
        _learner = new Learner(changed);
        Type = changed;
        Table.TimeToLive = TimeSpan.FromDays(changed.Settings.TtlDays);
        loader.MaxStates = MaxStates;
    }

    public void Dispose()
    {
        refresher.Dispose();
        Flusher.Dispose();
    }

    public BestAction? GetBest(StateKey state)
    {
        if (!Table.TryGetBest(state, out var best))
        {
            return null;
        }

        var action = Table.Actions[best.ActionIndex];
        return new BestAction(action.Key, action.Json!, best.QValue, best.Confidence, best.VisitCount);
    }

    public QValue[] GetQValues(StateKey state)
    {
        var entries = Table.GetEntries(state).ToArray();
        var values = new QValue[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var action = Table.Actions[entries[i].ActionIndex];
            values[i] = new QValue(
                action.Key, action.Json!, entries[i].QValue, entries[i].VisitCount, entries[i].Confidence, entries[i].Uncertainty);
        }

        Array.Sort(values, static (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value)
            : a.Confidence != b.Confidence ? b.Confidence.CompareTo(a.Confidence)
            : a.Action.CompareTo(b.Action));
        return values;
    }

    public SelectedAction Select(SelectActionRequest request)
    {
        var known = GetQValues(request.State);
        var candidates = request.Candidates.Count > 0
            ? request.Candidates
            : [.. known.Select(value => new AgentAction(value.Action, value.ActionJson))];
        if (candidates.Count == 0)
        {
            throw InvalidInputException.For(
                "state", request.State, "nothing was learned in it and no candidates were given", "a learned state, or candidate actions");
        }

        Span<double> qValues = candidates.Count <= StackCandidates ? stackalloc double[candidates.Count] : new double[candidates.Count];
        Span<int> visits = candidates.Count <= StackCandidates ? stackalloc int[candidates.Count] : new int[candidates.Count];
        for (var i = 0; i < candidates.Count; i++)
        {
            var at = Array.FindIndex(known, value => value.Action == candidates[i].Key);
            (qValues[i], visits[i]) = at < 0 ? (0, 0) : (known[at].Value, known[at].VisitCount);
        }

        var choice = ExplorationStrategies.For(Type, request.ExplorationRate).Choose(qValues, visits, random);
        var chosen = candidates[choice.Index];
        var json = chosen.Json ?? (Table.Actions.TryGetIndex(chosen.Key, out var index) ? Table.Actions[index].Json : null);
        return new SelectedAction(chosen with { Json = json }, qValues[choice.Index], choice.Explored, choice.Propensity);
    }

    public LearnResult Learn(Transition transition, QTable? elsewhere)
    {
        BeforeChange(1);
        var update = _learner.Learn(Table, transition, elsewhere);
        AfterChange(1);
        return Result(update);
    }

    public LearnResult[] LearnMany(Transition[] transitions, QTable? elsewhere)
    {
        BeforeChange(transitions.Length);
        var updates = _learner.LearnMany(Table, transitions, elsewhere);
        AfterChange(updates.Length);
        return Array.ConvertAll(updates, Result);
    }

    public LearnResult[] LearnDelayed(DelayedReward[] rewards)
    {
        BeforeChange(rewards.Length);
        var updates = _learner.LearnDelayed(Table, rewards);
        AfterChange(updates.Length);
        return Array.ConvertAll(updates, Result);
    }

    public LearnResult Upsert(QValueUpsert upsert)
    {
        BeforeChange(1);
        var update = _learner.Upsert(Table, upsert);
        AfterChange(1);
        return Result(update);
    }

    public LearnResult[] UpsertMany(QValueUpsert[] upserts)
    {
        BeforeChange(upserts.Length);
        var updates = _learner.UpsertMany(Table, upserts);
        AfterChange(updates.Length);
        return Array.ConvertAll(updates, Result);
    }

    /// <summary>Learns or stores a batch unless its number says that it was; then the Q-values as they are.</summary>
    public LearnResult[] Apply(UpdateBatch batch, QTable? elsewhere)
    {
        if (clients.Contains(batch.ClientId, batch.Sequence, batch.SettledBelow))
        {
            return batch.Transitions.Length > 0
                ? Array.ConvertAll(batch.Transitions, transition => Known(transition.State.Key, transition.Action.Key))
                : Array.ConvertAll(batch.Upserts, upsert => Known(upsert.State.Key, upsert.Action.Key));
        }

        if (clients.CountUnsettled(batch.ClientId) >= UpdateBatch.MaxUnsettled)
        {
            throw InvalidInputException.For(
                "settled number", batch.SettledBelow, $"the client {batch.ClientId} has too many updates above it", $"at most {UpdateBatch.MaxUnsettled}");
        }

        var results = batch.Transitions.Length > 0 ? LearnMany(batch.Transitions, elsewhere) : UpsertMany(batch.Upserts);
        clients.Add(batch.ClientId, batch.Sequence, batch.SettledBelow);
        return results;
    }

    /// <summary>Forgets clients that were silent for as long as the database keeps them.</summary>
    public void ForgetSilentClients(TimeSpan silence) => clients.Forget(silence);

    private LearnResult Known(StateKey state, ActionKey action)
    {
        foreach (var entry in Table.GetEntries(state))
        {
            if (Table.Actions[entry.ActionIndex].Key == action)
            {
                return new LearnResult(entry.QValue, entry.VisitCount, 0, Epoch, Flusher.NewestVersion);
            }
        }

        // Expired or deleted since it was learned.
        return new LearnResult(0, 0, 0, Epoch, Flusher.NewestVersion);
    }

    private void BeforeChange(int changes)
    {
        if (!Type.IsActive)
        {
            throw InvalidInputException.For("agent type", Type.AgentType, "it is inactive, so it does not learn", "an active agent type");
        }

        Flusher.CheckChange(changes);
    }

    private void AfterChange(int changes)
    {
        Updates += changes;
        Table.Evict(MaxStates);
        Flusher.Changed();
    }

    private LearnResult Result(Update update) => new(update.QValue, update.VisitCount, update.TdError, Epoch, Flusher.NextVersion);
}
