using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.QTables.Model;

/// <summary>A batch of changes and what it held when it was taken.</summary>
internal sealed class ModelBatch
{
    private readonly QChange[] _changes;

    public ModelBatch(QChanges changes, ModelDatabase database)
    {
        Changes = changes;
        _changes = [.. Enumerable.Range(0, changes.Count).Select(index => changes[index])];
        Taken = _changes.ToDictionary(KeyOf, change => new Known(change.Value, change.VisitCount));
        Assert.All(_changes, change => Assert.True(change.RowId == 0 || database.OwnerOf(change.RowId) == KeyOf(change)));
        Assert.All(_changes, change => Assert.True(change.RowId != 0 || change.ExpiresAt is not null));
        Assert.All(_changes, change => Assert.Equal(ModelTable.StateJson(KeyOf(change)), change.StateJson));
    }

    public QChanges Changes { get; }

    public Dictionary<(int State, int Action), Known> Taken { get; }

    /// <summary>Whether it tries again what was refused.</summary>
    public bool IsRetry { get; init; }

    public IReadOnlyList<(int State, int Action)> KeysOf(int[] indexes) => [.. indexes.Select(index => KeyOf(_changes[index]))];

    /// <summary>
    /// Writes the changes, all but those that are refused; returns the ids of new rows by index: of inserts, and of rows that were deleted
    /// meanwhile.
    /// </summary>
    public Dictionary<int, long> Write(ModelDatabase database, params int[] refused)
    {
        var insertedIds = new Dictionary<int, long>();
        foreach (var index in Enumerable.Range(0, _changes.Length).Except(refused))
        {
            var (rowId, key) = (_changes[index].RowId, KeyOf(_changes[index]));
            if (rowId == 0 || !database.Update(rowId, Taken[key]))
            {
                insertedIds[index] = database.Upsert(key, Taken[key]);
            }
        }

        // With several batches open they are those of now; a flusher has one.
        database.Store(ClientWindows.WindowsOf(Changes).Without(refused));
        return insertedIds;
    }

    public void CheckUnchanged() => Assert.Equal(_changes, Enumerable.Range(0, Changes.Count).Select(index => Changes[index]));

    private static (int State, int Action) KeyOf(QChange change) => (Number(change.State.ToString()), Number(change.Action.ToString()));

    private static int Number(string key) => int.Parse(key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
}
