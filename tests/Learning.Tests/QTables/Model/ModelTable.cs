namespace QLearning.Learning.Tests.QTables.Model;

/// <summary>
/// A Q-table together with the simplest thing that should behave as it does: dictionaries of what memory knows, and sets of what waits and
/// what is in flight. Each operation is done to both, and <see cref="Check"/> compares them.
/// </summary>
internal sealed class ModelTable : IDisposable
{
    public const int States = 6;
    public const int Actions = 3;

    // What a change counts for beside its JSON.
    private const int BytesPerChange = 150;

    private readonly TableFixture _fixture = new();
    private readonly Learner _learner = new(TableFixture.Type());
    private readonly ModelDatabase _database = new();
    private readonly Dictionary<(int State, int Action), Known> _memory = [];
    private readonly HashSet<int> _emptyStates = [];
    private readonly HashSet<(int State, int Action)> _dirty = [];
    private readonly HashSet<(int State, int Action)> _refused = [];
    private readonly HashSet<(int State, int Action)> _deleted = [];
    private readonly List<ModelBatch> _open = [];
    private readonly ModelUpdates _updates;

    public ModelTable() => _updates = new ModelUpdates(_fixture.Clock);

    private QTable Table => _fixture.Table;

    private IEnumerable<(int State, int Action)> InFlight => _open.SelectMany(batch => batch.Taken.Keys);

    /// <summary>A unit of work with one update, or with two of different states or the same.</summary>
    public void Set((int State, int Action)[] keys, double value)
    {
        Array.ForEach(keys, key => EnsureLoaded(key.State));
        var updates = _learner.UpsertMany(Table, [.. keys.Select(key => Upsert(key, value))], _updates.Next(keys));
        for (var i = 0; i < keys.Length; i++)
        {
            _memory[keys[i]] = new Known(value, _memory.GetValueOrDefault(keys[i]).Visits + 1);
            _dirty.Add(keys[i]);
            _refused.Remove(keys[i]);
            Assert.Equal(_memory[keys[i]].Visits, updates[i].VisitCount);
        }

        _updates.Learned();
    }

    /// <summary>A unit of work whose last part is refused, so that none of it may stay.</summary>
    public void FailToSet((int State, int Action) key, (int State, int Action) other, double value)
    {
        EnsureLoaded(key.State);
        EnsureLoaded(other.State);
        var numbers = _updates.Next([key, other, key, other]);
        Assert.Throws<InvalidInputException>(() =>
            _learner.UpsertMany(
                Table, [Upsert(key, value), Upsert(other, value), Upsert(key, -value), Upsert(other, double.NaN)], numbers));
    }

    public void Take(int max)
    {
        var batch = new ModelBatch(Table.TakeChanges(max), _database);
        Assert.Equal(Math.Min(max, _dirty.Except(InFlight).Count()), batch.Taken.Count);
        foreach (var (key, known) in batch.Taken)
        {
            Assert.DoesNotContain(key, InFlight);
            Assert.True(_dirty.Remove(key), $"{key} was taken but did not wait.");
            Assert.Equal(_memory[key], known);
        }

        _updates.Taken(batch);
        _open.Add(batch);
    }

    /// <summary>Tries again what was refused.</summary>
    public void TakeRefused(int max)
    {
        var batch = new ModelBatch(Table.TakeRefused(max), _database) { IsRetry = true };
        Assert.Equal(Math.Min(max, _refused.Count), batch.Taken.Count);
        foreach (var (key, known) in batch.Taken)
        {
            Assert.True(_refused.Remove(key), $"{key} was tried again but not refused.");
            Assert.Equal(_memory[key], known);
        }

        _updates.Taken(batch);
        _open.Add(batch);
    }

    /// <summary>Writes a batch of which the database refuses every change whose bit is set.</summary>
    public void Refuse(int index, int bits)
    {
        if (Pick(index) is not { } batch)
        {
            return;
        }

        int[] refused = [.. Enumerable.Range(0, batch.Taken.Count).Where(i => (bits & (1 << i)) != 0)];
        var keys = batch.KeysOf(refused);
        var insertedIds = batch.Write(_database, refused);
        _deleted.ExceptWith(batch.Taken.Keys.Except(keys));
        _refused.UnionWith(keys.Except(_dirty));
        _updates.Refused(batch, refused);
        Table.Complete(batch.Changes, insertedIds, refused);
        _open.Remove(batch);
    }

    /// <summary>Writes a batch as the pump does: rows that are gone are inserted again.</summary>
    public void Complete(int index)
    {
        if (Pick(index) is not { } batch)
        {
            return;
        }

        var insertedIds = batch.Write(_database);
        _updates.Written(batch);
        _deleted.ExceptWith(batch.Taken.Keys);
        _updates.Stored(batch);
        Table.Complete(batch.Changes, insertedIds);
        _open.Remove(batch);
    }

    /// <summary>Gives a batch up; perhaps it was written all the same and only the answer was lost.</summary>
    public void Return(int index, bool wasWritten)
    {
        if (Pick(index) is not { } batch)
        {
            return;
        }

        if (wasWritten)
        {
            batch.Write(_database);
            _updates.Written(batch);
        }

        if (batch.IsRetry)
        {
            _refused.UnionWith(batch.Taken.Keys.Except(_dirty));
            int[] all = [.. Enumerable.Range(0, batch.Taken.Count)];
            _updates.Refused(batch, all);
            Table.Complete(batch.Changes, new Dictionary<int, long>(), all);
            _open.Remove(batch);
            return;
        }

        _updates.Returned(batch);
        Table.Return(batch.Changes);
        _dirty.UnionWith(batch.Taken.Keys);
        _open.Remove(batch);
    }

    public void Evict(int maxStates)
    {
        var busy = _dirty.Concat(InFlight).Concat(_refused).Select(key => key.State).ToHashSet();
        var before = Table.StateCount;
        var surplus = before <= maxStates ? 0 : Math.Min(before - busy.Count, before - (int)(maxStates * 0.95));
        Assert.Equal(surplus, Table.Evict(maxStates));
        Assert.Equal(before - surplus, Table.StateCount);
        Assert.All(busy, state => Assert.True(Table.Contains(TableFixture.State(state))));
        _emptyStates.RemoveWhere(IsGone);
        foreach (var (key, known) in _memory.Where(entry => IsGone(entry.Key.State)).ToArray())
        {
            // What leaves memory is in the database, unless somebody deleted it there.
            Assert.True(_deleted.Contains(key) || _database.Rows[key].Known == known, $"The update {known} of {key} was lost.");
            _memory.Remove(key);
        }
    }

    /// <summary>Another program writes a row, and the table is told.</summary>
    public void ChangeByOthers((int State, int Action) key, Known known)
    {
        _database.Upsert(key, known);
        _deleted.Remove(key);
        var isHere = Table.IsWhole || !IsGone(key.State);
        using (var refresh = Table.BeginRefresh([TableFixture.State(key.State)]))
        {
            refresh.Take(Stored(key));
        }

        if (isHere)
        {
            TakeFromDatabase(key);
        }
    }

    /// <summary>A clean-up deletes a row, and the table is not told.</summary>
    public void DeleteByOthers((int State, int Action) key)
    {
        if (_database.Delete(key))
        {
            _deleted.Add(key);
        }
    }

    public void Reload(int state)
    {
        foreach (var key in _database.Rows.Keys.Where(key => key.State == state).ToArray())
        {
            Table.Load(Stored(key));
            TakeFromDatabase(key);
        }
    }

    /// <summary>Ends all batches and writes all that waits, after which the database must know all that memory knows.</summary>
    public void Drain()
    {
        while (_open.Count > 0)
        {
            Complete(0);
        }

        while (_dirty.Count + _refused.Count > 0)
        {
            Take(int.MaxValue);
            Complete(0);
            TakeRefused(int.MaxValue);
            Complete(0);
        }

        Assert.Equal((0, 0), (Table.BacklogCount, Table.BacklogBytes));
        Assert.Equal(Table.NewestUpdate, Table.DurableUpdate);
        Assert.All(
            _memory.Where(entry => !_deleted.Contains(entry.Key)),
            entry => Assert.Equal(entry.Value, _database.Rows[entry.Key].Known));
    }

    public void Check()
    {
        Assert.Equal(InFlight.Count(), InFlight.Distinct().Count());
        Assert.Equal(
            (_dirty.Count, _dirty.Union(InFlight).Union(_refused).Count(), _memory.Count, _memory.Values.Sum(known => (long)known.Visits)),
            (Table.DirtyCount, Table.BacklogCount, Table.QValueCount, Table.VisitTotal));
        Assert.Equal(_refused.Count, Table.RefusedCount);
        Assert.Equal(_memory.Keys.Select(key => key.State).Union(_emptyStates).Count(), Table.StateCount);
        Assert.All(_open, batch => batch.CheckUnchanged());
        _updates.Check(Table, _database, _refused);
        CheckBytes();
        for (var state = 0; state < States; state++)
        {
            var known = Table.GetEntries(TableFixture.State(state)).ToArray()
                .ToDictionary(entry => Table.Actions[entry.ActionIndex].Key, entry => new Known(entry.QValue, entry.VisitCount));
            Assert.Equal(
                _memory.Where(entry => entry.Key.State == state)
                    .ToDictionary(entry => TableFixture.Action(entry.Key.Action), entry => entry.Value),
                known);
        }
    }

    /// <summary>Two of three actions describe a state alike.</summary>
    public static string StateJson((int State, int Action) key) => $"\"state {key.State}{(key.Action == 0 ? " of the first" : null)}\"";

    public void Dispose() => _fixture.Dispose();

    private static QValueUpsert Upsert((int State, int Action) key, double value) => new(
        new State(TableFixture.State(key.State), StateJson(key)), new AgentAction(TableFixture.Action(key.Action)), value);

    /// <summary>JSON is kept for entries that have no row yet, and for nothing else; the backlog counts its bytes exactly.</summary>
    private void CheckBytes()
    {
        var json = 0;
        for (var state = 0; state < States; state++)
        {
            var row = Table.Find(TableFixture.State(state));
            string[] kept = row is null ? [] : [.. JsonOf(row)];
            json += kept.Sum(text => text.Length);
            Assert.True(kept.Length == 0 || row!.IsBusy, $"The JSON of s{state} is kept for nothing.");
        }

        var count = Table.BacklogCount;
        Assert.Equal(count * (long)BytesPerChange, Table.BacklogBytes - json);
    }

    private IEnumerable<string> JsonOf(QRow row) =>
        Enumerable.Range(0, row.Count).Select(index => Table.StateJson.OtherOf(new EntryRef(row, index))).Append(row.PendingJson)
            .OfType<string>();

    private void EnsureLoaded(int state)
    {
        if (Table.IsWhole || !IsGone(state))
        {
            return;
        }

        Reload(state);
        if (IsGone(state))
        {
            Table.LoadEmpty(TableFixture.State(state));
            _emptyStates.Add(state);
        }
    }

    private void TakeFromDatabase((int State, int Action) key)
    {
        if (!IsBusy(key))
        {
            _memory[key] = _database.Rows[key].Known;
        }
    }

    private StoredQValue Stored((int State, int Action) key)
    {
        var (rowId, known) = _database.Rows[key];
        return TableFixture.Stored(key.State, key.Action, known.Value, rowId, known.Visits);
    }

    private bool IsGone(int state) => !Table.Contains(TableFixture.State(state));

    private bool IsBusy((int State, int Action) key) => _dirty.Contains(key) || _refused.Contains(key) || InFlight.Contains(key);

    private ModelBatch? Pick(int index) => _open.Count == 0 ? null : _open[index % _open.Count];
}
