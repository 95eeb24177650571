using System.Text;

namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    // What a change costs on its way beside its JSON: numbers, keys and the row's place in the statement.
    private const int BytesPerChange = 150;

    private readonly EntryQueue _waiting = new();
    private readonly UpdateLog _log = new();
    private long _pendingJsonBytes;

    /// <summary>Entries that wait to be taken; one that was changed again while in flight waits too.</summary>
    public int DirtyCount => _waiting.Count;

    /// <summary>Entries that wait or are in flight, each counted once: what would be lost with this process.</summary>
    public int BacklogCount { get; private set; }

    /// <summary>About how many bytes the backlog takes on its way to the database.</summary>
    public long BacklogBytes => ((long)BacklogCount * BytesPerChange) + _pendingJsonBytes;

    /// <summary>The place of the newest numbered update among all that this table has learned, from 1; 0: none.</summary>
    public long NewestUpdate => _log.Newest;

    /// <summary>Every numbered update up to this place is stored, or was refused by the database for good.</summary>
    public long DurableUpdate => _log.Durable;

    /// <summary>The place of each update of a client that is not stored yet, by its number.</summary>
    /// <param name="client">The client.</param>
    public IReadOnlyDictionary<long, long> UnstoredUpdatesOf(Guid client) => _log.OrdersOf(client);

    /// <summary>
    /// Takes waiting entries in the order they became dirty, with the values they have now, and the numbered updates that are in those
    /// values; they are in flight until the batch is completed or returned. An entry of an earlier batch that is still in flight is left
    /// waiting, so that two batches never hold the same row.
    /// </summary>
    /// <param name="max">The most entries to take.</param>
    /// <param name="maxBytes">About the most bytes to take; one entry is taken however large it is.</param>
    public QChanges TakeChanges(int max, long maxBytes = long.MaxValue)
    {
        var items = new List<QChanges.Taken>(Math.Clamp(max, 0, _waiting.Count));
        var bytes = 0L;
        for (var untried = _waiting.Count; untried > 0 && items.Count < max && (bytes < maxBytes || items.Count == 0); untried--)
        {
            var place = _waiting.PopFront();
            ref var entry = ref place.Entry;
            if (entry.Has(EntryFlags.InFlight))
            {
                _waiting.PushBack(place);
                continue;
            }

            var size = SizeOf(place);
            if (bytes + size > maxBytes && items.Count > 0)
            {
                _waiting.PushFront(place);
                break;
            }

            bytes += size;
            items.Add(new QChanges.Taken(place, place.Row.PendingJson));
            entry.Lower(EntryFlags.Dirty);
            entry.Lower(EntryFlags.ExpiryMoved);
            entry.Raise(EntryFlags.InFlight);
        }

        return new QChanges(Actions, [.. items], _log.Take(), bytes);
    }

    /// <summary>Ends a batch whose changes are stored.</summary>
    /// <param name="changes">The batch.</param>
    /// <param name="rowIds">The new rows' ids by the index of the change; only inserts need one.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Complete(QChanges changes, IReadOnlyDictionary<int, long> rowIds)
    {
        ArgumentNullException.ThrowIfNull(rowIds);
        Close(changes);
        _log.Complete(changes.Updates);
        for (var i = 0; i < changes.Count; i++)
        {
            ref readonly var item = ref changes.Items[i];
            ref var entry = ref item.Place.Entry;
            entry.Lower(EntryFlags.InFlight);
            BacklogCount -= entry.IsBusy ? 0 : 1;
            if (rowIds.TryGetValue(i, out var rowId))
            {
                entry.RowId = rowId;
            }
        }

        foreach (ref readonly var item in changes.Items)
        {
            var row = item.Place.Row;
            if (row.PendingJson is not null && !row.IsBusy)
            {
                SetPendingJson(row, null);
            }
        }
    }

    /// <summary>Ends a batch that was not stored: its entries wait again, before those that became dirty later.</summary>
    /// <param name="changes">The batch.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Return(QChanges changes)
    {
        Close(changes);
        _log.Return(changes.Updates);
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            ref readonly var item = ref changes.Items[i];
            ref var entry = ref item.Place.Entry;
            entry.Lower(EntryFlags.InFlight);
            if (item.Snapshot.Has(EntryFlags.ExpiryMoved))
            {
                entry.Raise(EntryFlags.ExpiryMoved);
            }

            if (!entry.Has(EntryFlags.Dirty))
            {
                entry.Raise(EntryFlags.Dirty);
                _waiting.PushFront(item.Place);
            }
        }
    }

    private static void Close(QChanges changes)
    {
        CheckOpen(changes);
        changes.IsOpen = false;
    }

    private static void CheckOpen(QChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (!changes.IsOpen)
        {
            throw new InvalidOperationException("The batch of changes has been completed or returned before.");
        }
    }

    /// <summary>About how many bytes a change takes in the statement that stores it.</summary>
    private long SizeOf(EntryRef place)
    {
        ref var entry = ref place.Entry;
        return entry.RowId != 0
            ? BytesPerChange
            : BytesPerChange + JsonBytes(place.Row.PendingJson) + JsonBytes(Actions[entry.ActionIndex].Json);
    }

    private static int JsonBytes(string? json) => json is null ? 0 : Encoding.UTF8.GetByteCount(json);

    private void SetPendingJson(QRow row, string? json)
    {
        if (!ReferenceEquals(row.PendingJson, json))
        {
            _pendingJsonBytes += JsonBytes(json) - JsonBytes(row.PendingJson);
            row.PendingJson = json;
        }
    }

    private void MarkDirty(EntryRef place)
    {
        ref var entry = ref place.Entry;
        if (entry.Has(EntryFlags.Dirty))
        {
            return;
        }

        BacklogCount += entry.IsBusy ? 0 : 1;
        entry.Raise(EntryFlags.Dirty | EntryFlags.ChangedInRefresh);
        _waiting.PushBack(place);
    }
}
