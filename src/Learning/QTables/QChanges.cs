using System.Collections;

namespace QLearning.Learning.QTables;

/// <summary>
/// A batch of changes in flight, from <see cref="QTable.TakeChanges"/> until <see cref="QTable.Complete"/> or
/// <see cref="QTable.Return"/>. The values it shows are those of the moment it was taken, however the table learns on.
/// </summary>
public sealed class QChanges : IReadOnlyList<QChange>
{
    private readonly ActionSet _actions;
    private readonly Taken[] _items;

    internal QChanges(ActionSet actions, Taken[] items, LoggedUpdate[] updates, long bytes)
    {
        (_actions, _items, Updates, Bytes) = (actions, items, updates, bytes);
    }

    /// <summary>About how many bytes the changes take in the statement that stores them.</summary>
    public long Bytes { get; }

    /// <summary>How many changes the batch has.</summary>
    public int Count => _items.Length;

    /// <summary>The change at an index from 0 to <see cref="Count"/> − 1.</summary>
    public QChange this[int index]
    {
        get
        {
            ref readonly var item = ref _items[index];
            ref readonly var entry = ref item.Snapshot;
            var action = _actions[entry.ActionIndex];
            var writesExpiry = entry.RowId == 0 || entry.Has(EntryFlags.ExpiryMoved);
            return new QChange(
                entry.RowId,
                item.Place.Row.Key,
                item.StateJson,
                action.Key,
                action.Json!,
                Math.Round(entry.Q, PackedEntry.Decimals),
                entry.Visits,
                entry.Confidence,
                entry.Uncertainty,
                writesExpiry ? Expiry.ToTime(entry.ExpirySeconds) : null,
                Expiry.ToTime(entry.ExpirySeconds));
        }
    }

    /// <inheritdoc />
    public IEnumerator<QChange> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The numbered updates that are in the values, in the order in which they were learned.</summary>
    internal LoggedUpdate[] Updates { get; }

    internal ReadOnlySpan<Taken> Items => _items;

    /// <summary>The places of the numbered updates that are in the values, ascending, see <see cref="QTable.NewestUpdate"/>.</summary>
    public IEnumerable<long> UpdateOrders => Updates.Select(update => update.Order);

    /// <summary>The places of the numbered updates that are in some of the changes.</summary>
    /// <param name="indexes">Indexes of changes.</param>
    public IReadOnlyList<long> UpdatesOf(IEnumerable<int> indexes)
    {
        var places = PlacesOf(indexes);
        return [.. Updates.Where(update => places.Contains(update.Place)).Select(update => update.Order)];
    }

    internal HashSet<EntryRef> PlacesOf(IEnumerable<int> indexes) => [.. indexes.Select(index => _items[index].Place)];

    /// <summary>True until the batch is completed or returned.</summary>
    internal bool IsOpen { get; set; } = true;

    internal readonly struct Taken(EntryRef place, string? stateJson)
    {
        public readonly EntryRef Place = place;
        public readonly PackedEntry Snapshot = place.Entry;
        public readonly string? StateJson = stateJson;
    }
}
