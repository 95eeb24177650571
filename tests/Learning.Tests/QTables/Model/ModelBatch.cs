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
    }

    public QChanges Changes { get; }

    public Dictionary<(int State, int Action), Known> Taken { get; }

    /// <summary>Writes the changes; returns the ids of new rows by index: of inserts, and of rows that were deleted meanwhile.</summary>
    public Dictionary<int, long> Write(ModelDatabase database)
    {
        var insertedIds = new Dictionary<int, long>();
        for (var index = 0; index < _changes.Length; index++)
        {
            var (rowId, key) = (_changes[index].RowId, KeyOf(_changes[index]));
            if (rowId == 0 || !database.Update(rowId, Taken[key]))
            {
                insertedIds[index] = database.Upsert(key, Taken[key]);
            }
        }

        database.Store(ClientWindows.WindowsOf(Changes));
        return insertedIds;
    }

    public void CheckUnchanged() => Assert.Equal(_changes, Enumerable.Range(0, Changes.Count).Select(index => Changes[index]));

    private static (int State, int Action) KeyOf(QChange change) => (Number(change.State.ToString()), Number(change.Action.ToString()));

    private static int Number(string key) => int.Parse(key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
}
