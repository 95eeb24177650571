using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.QTables.Model;

/// <summary>The table <c>q_values</c> as one agent type sees it: rows by state and action, found by their id in updates.</summary>
internal sealed class ModelDatabase
{
    private readonly Dictionary<(int State, int Action), Row> _rows = [];
    private readonly Dictionary<long, (int State, int Action)> _everyId = [];
    private readonly Dictionary<Guid, ClientWindow> _windows = [];

    public IReadOnlyDictionary<(int State, int Action), Row> Rows => _rows;

    /// <summary>The state and action a row id was ever given to.</summary>
    public (int State, int Action) OwnerOf(long rowId) => _everyId[rowId];

    /// <summary>What an insert that turns into an update on a conflict does; returns the row's id.</summary>
    public long Upsert((int State, int Action) key, Known known)
    {
        var rowId = _rows.TryGetValue(key, out var row) ? row.RowId : _everyId.Count + 1;
        _everyId[rowId] = key;
        _rows[key] = new Row(rowId, known);
        return rowId;
    }

    /// <summary>Updates the row with an id; false when there is none any more.</summary>
    public bool Update(long rowId, Known known)
    {
        var key = OwnerOf(rowId);
        if (!_rows.TryGetValue(key, out var row) || row.RowId != rowId)
        {
            return false;
        }

        _rows[key] = new Row(rowId, known);
        return true;
    }

    /// <summary>Replaces what is known of the clients.</summary>
    public void Store(IEnumerable<ClientWindow> windows)
    {
        foreach (var window in windows)
        {
            _windows[window.ClientId] = window;
        }
    }

    /// <summary>Whether a client's update is known to be in the rows.</summary>
    public bool Knows(Guid client, long number) =>
        _windows.TryGetValue(client, out var window) && new SequenceWindow(window.Floor, window.Above).Contains(number);

    public bool Delete((int State, int Action) key) => _rows.Remove(key);

    internal readonly record struct Row(long RowId, Known Known);
}

/// <summary>What is known of an action in a state.</summary>
/// <param name="Value">The Q-value.</param>
/// <param name="Visits">The visit count.</param>
internal readonly record struct Known(double Value, int Visits);
