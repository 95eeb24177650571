using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.QTables.Model;

/// <summary>
/// Which numbered updates of two clients wait, are in flight and are stored, and what the table and its clients' windows say of them.
/// </summary>
internal sealed class ModelUpdates(CoarseClock clock)
{
    private static readonly Guid[] _ids = [new("0198c0de-0000-7000-8000-000000000001"), new("0198c0de-0000-7000-8000-000000000002")];

    private readonly ClientWindows _windows = new(clock);
    private readonly long[] _lastNumbers = new long[_ids.Length];
    private readonly List<Learnt> _learned = [];
    private readonly HashSet<Learnt> _waiting = [];
    private readonly HashSet<Learnt> _refused = [];
    private readonly HashSet<Learnt> _stored = [];
    private readonly HashSet<Learnt> _written = [];
    private readonly Dictionary<ModelBatch, Learnt[]> _inFlight = [];

    /// <summary>Those that are, or were, refused once.</summary>
    private readonly HashSet<Learnt> _wereRefused = [];
    private Learnt[] _next = [];

    /// <summary>Numbers for updates that are about to be learned.</summary>
    public UpdateNumbers Next((int State, int Action)[] keys)
    {
        var client = (_learned.Count / 3) % _ids.Length;
        var first = _lastNumbers[client] + 1;
        _next = [.. keys.Select((key, i) => new Learnt(_learned.Count + 1 + i, _ids[client], first + i, key))];
        return new UpdateNumbers(_windows, _ids[client], 1, _next.Select(update => update.Number).ToArray());
    }

    /// <summary>They were learned; else their numbers are not used up.</summary>
    public void Learned()
    {
        _learned.AddRange(_next);
        _waiting.UnionWith(_next);
        _lastNumbers[Array.IndexOf(_ids, _next[0].Client)] = _next[^1].Number;
    }

    public void Taken(ModelBatch batch)
    {
        Learnt[] taken = [.. _waiting.Union(_refused).Where(update => batch.Taken.ContainsKey(update.Key)).OrderBy(update => update.Order)];
        Assert.Equal(taken.Select(update => update.Order), batch.Changes.UpdateOrders);
        _waiting.ExceptWith(taken);
        _wereRefused.UnionWith(_refused.Intersect(taken));
        _refused.ExceptWith(taken);
        _inFlight[batch] = taken;
    }

    /// <summary>The database has the batch, whether or not the table will hear of it.</summary>
    public void Written(ModelBatch batch) => _written.UnionWith(_inFlight[batch]);

    public void Stored(ModelBatch batch)
    {
        _inFlight.Remove(batch, out var taken);
        _stored.UnionWith(taken!);
        ClientWindows.Stored(batch.Changes);
    }

    /// <summary>Some of it is stored, and some was refused.</summary>
    public void Refused(ModelBatch batch, int[] refused)
    {
        _inFlight.Remove(batch, out var taken);
        var keys = batch.KeysOf(refused);
        _refused.UnionWith(taken!.Where(update => keys.Contains(update.Key)));
        _stored.UnionWith(taken!.Except(_refused));
        _written.UnionWith(taken!.Except(_refused));
        ClientWindows.Stored(batch.Changes, refused);
    }

    public void Returned(ModelBatch batch)
    {
        _inFlight.Remove(batch, out var taken);
        _refused.UnionWith(taken!.Intersect(_wereRefused));
        _waiting.UnionWith(taken!.Except(_wereRefused));
    }

    public void Check(QTable table, ModelDatabase database, HashSet<(int State, int Action)> refused)
    {
        var oldest = _waiting.Concat(_refused).Concat(_inFlight.Values.SelectMany(taken => taken))
            .Select(update => (long?)update.Order).Min();
        Assert.All(
            _learned,
            update => Assert.Equal(
                _refused.Contains(update) && refused.Contains(update.Key), table.IsRefused(update.Order, update.Order)));
        Assert.Equal((_learned.Count, oldest - 1 ?? _learned.Count), (table.NewestUpdate, table.DurableUpdate));
        foreach (var update in _learned)
        {
            Assert.True(_windows.Contains(update.Client, update.Number, 1));
            Assert.Equal(_stored.Contains(update), _windows.IsStored(update.Client, update.Number));
            Assert.True(
                _written.Contains(update) || !database.Knows(update.Client, update.Number),
                $"The number of {update} is stored without it.");
            Assert.True(
                !_stored.Contains(update) || database.Knows(update.Client, update.Number), $"{update} is stored without its number.");
        }

        for (var client = 0; client < _ids.Length; client++)
        {
            Assert.False(_windows.Contains(_ids[client], _lastNumbers[client] + 1, 1));
        }
    }

    /// <param name="Order">Its place among all that the table has learned.</param>
    /// <param name="Client">Whose it is.</param>
    /// <param name="Number">Its number.</param>
    /// <param name="Key">What it changed.</param>
    private readonly record struct Learnt(long Order, Guid Client, long Number, (int State, int Action) Key);
}
