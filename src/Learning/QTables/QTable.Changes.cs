using System.Runtime.InteropServices;

namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    // What a change costs on its way beside its JSON: numbers, keys and the row's place in the statement.
    private const int BytesPerChange = 150;

    private readonly EntryQueue _waiting = new();
    private readonly RefusedEntries _refused = new();
    private readonly UpdateLog _log = new();

    /// <summary>Entries that wait to be taken; one that was changed again while in flight waits too.</summary>
    public int DirtyCount => _waiting.Count;

    /// <summary>
    /// Entries that the database refused and that were not changed since: they are not taken with the others, only by
    /// <see cref="TakeRefused"/>.
    /// </summary>
    public int RefusedCount => _refused.Count;

    /// <summary>
    /// Entries that wait, those that were refused included, or are in flight, each counted once: what would be lost with this process.
    /// </summary>
    public int BacklogCount { get; private set; }

    /// <summary>About how many bytes the backlog takes on its way to the database.</summary>
    public long BacklogBytes => ((long)BacklogCount * BytesPerChange) + StateJson.Bytes;

    /// <summary>The JSON of states with entries that wait.</summary>
    internal PendingStateJson StateJson { get; } = new();

    /// <summary>How many numbered updates are not stored yet.</summary>
    public int UnstoredUpdateCount => _log.Count;

    /// <summary>The place of the newest numbered update among all that this table has learned, from 1; 0: none.</summary>
    public long NewestUpdate => _log.Newest;

    /// <summary>
    /// Every numbered update up to this place is stored, but for such as the database refused <see cref="UpdateLog.MaxHeldBack"/> updates
    /// ago: clients keep what is not known to be stored, and one refused row must not keep them from ever learning what else is.
    /// </summary>
    public long DurableUpdate => _log.Durable;

    /// <summary>The place of each update of a client that is not stored yet, by its number.</summary>
    /// <param name="client">The client.</param>
    public IReadOnlyDictionary<long, long> UnstoredUpdatesOf(Guid client) => _log.OrdersOf(client);

    /// <summary>Whether the database refused one of some updates, and its entry was not changed or tried again since.</summary>
    /// <param name="first">The place of the first of these updates.</param>
    /// <param name="last">The place of the last.</param>
    public bool IsRefused(long first, long last) => _refused.Count > 0 && _log.IsRefused(first, last);

    /// <summary>
    /// Takes waiting entries in the order they became dirty, with the values they have now, and the numbered updates that are in those
    /// values; they are in flight until the batch is completed or returned. An entry of an earlier batch that is still in flight is left
    /// waiting, so that two batches never hold the same row.
    /// </summary>
    /// <param name="max">The most entries to take.</param>
    /// <param name="maxBytes">About the most bytes to take; one entry is taken however large it is.</param>
    /// <param name="bytesBeside">How many bytes go to the database with an entry, beside its own; null: none.</param>
    public QChanges TakeChanges(int max, long maxBytes = long.MaxValue, Func<StateKey, ActionKey, long>? bytesBeside = null)
    {
        var items = new List<QChanges.Taken>(Math.Clamp(max, 0, _waiting.Count));
        var bytes = 0L;
        for (var untried = _waiting.Count; untried > 0 && items.Count < max && (bytes < maxBytes || items.Count == 0); untried--)
        {
            var place = _waiting.PopFront();
            if (place.Entry.Has(EntryFlags.InFlight))
            {
                _waiting.PushBack(place);
                continue;
            }

            var size = SizeOf(place, bytesBeside);
            if (bytes + size > maxBytes && items.Count > 0)
            {
                _waiting.PushFront(place);
                break;
            }

            bytes += size;
            items.Add(Take(place));
        }

        try
        {
            return new QChanges(Actions, [.. items], _log.Take(), bytes);
        }
        catch (Exception)
        {
            // There was no memory for it, say: nothing was taken.
            PutBack(CollectionsMarshal.AsSpan(items), behind: false);
            throw;
        }
    }

    /// <summary>
    /// Takes entries that the database refused, to try them again in a batch of their own: those first that were not tried for the longest
    /// time. A batch that is not stored ends with <see cref="Complete"/> as refused whole.
    /// </summary>
    /// <param name="max">The most entries to take.</param>
    /// <param name="maxBytes">About the most bytes to take; one entry is taken however large it is.</param>
    /// <param name="bytesBeside">How many bytes go to the database with an entry, beside its own; null: none.</param>
    public QChanges TakeRefused(int max, long maxBytes = long.MaxValue, Func<StateKey, ActionKey, long>? bytesBeside = null)
    {
        var items = new List<QChanges.Taken>(Math.Clamp(max, 0, _refused.Count));
        var bytes = 0L;
        while (items.Count < max && _refused.TryPeek(out var oldest))
        {
            var size = SizeOf(oldest.Value, bytesBeside);
            if (bytes + size > maxBytes && items.Count > 0)
            {
                break;
            }

            bytes += size;
            _refused.Remove(oldest.Value);
            items.Add(Take(oldest.Value));
        }

        try
        {
            return new QChanges(Actions, [.. items], _log.Take(), bytes);
        }
        catch (Exception)
        {
            items.ForEach(item => SetAside(item));
            throw;
        }
    }

    /// <summary>Ends a batch whose changes are stored, or refused by the database.</summary>
    /// <param name="changes">The batch.</param>
    /// <param name="rowIds">The new rows' ids by the index of the change; only inserts need one.</param>
    /// <param name="refused">The indexes of the changes that the database refused; null: none.</param>
    /// <param name="isKept">
    /// Whether an update of a refused change, by its place, is kept however old it is; null: none is. Others are forgotten when they are
    /// older than <see cref="DurableUpdate"/> by much.
    /// </param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Complete(
        QChanges changes,
        IReadOnlyDictionary<int, long> rowIds,
        IReadOnlyCollection<int>? refused = null,
        Func<long, bool>? isKept = null)
    {
        ArgumentNullException.ThrowIfNull(rowIds);
        Close(changes);
        var isRefused = new HashSet<int>(refused ?? []);
        _log.Complete(changes.Updates, changes.PlacesOf(isRefused), isKept ?? (static _ => false));
        for (var i = 0; i < changes.Count; i++)
        {
            ref readonly var item = ref changes.Items[i];
            if (isRefused.Contains(i))
            {
                SetAside(item);
                continue;
            }

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
            DropJsonOfStored(item.Place.Row);
        }
    }

    /// <summary>Ends a batch that was not stored: its entries wait again, before those that became dirty later.</summary>
    /// <param name="changes">The batch.</param>
    /// <param name="behind">Has them wait behind all others instead, which can then not be held up by them.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Return(QChanges changes, bool behind = false)
    {
        Close(changes);
        _log.Return(changes.Updates);
        PutBack(changes.Items, behind);
    }

    private void PutBack(ReadOnlySpan<QChanges.Taken> items, bool behind)
    {
        for (var i = items.Length - 1; i >= 0; i--)
        {
            ref readonly var item = ref items[behind ? items.Length - 1 - i : i];
            if (!EndFlight(item))
            {
                continue;
            }

            item.Place.Entry.Raise(EntryFlags.Dirty);
            if (behind)
            {
                _waiting.PushBack(item.Place);
            }
            else
            {
                _waiting.PushFront(item.Place);
            }
        }
    }

    private QChanges.Taken Take(EntryRef place)
    {
        ref var entry = ref place.Entry;
        entry.Lower(EntryFlags.Refused);
        var taken = new QChanges.Taken(place, StateJson.Of(place));
        entry.Lower(EntryFlags.Dirty);
        entry.Lower(EntryFlags.ExpiryMoved);
        entry.Raise(EntryFlags.InFlight);
        return taken;
    }

    /// <summary>Ends the flight of an entry that was not stored; false when it was changed meanwhile, and so waits already.</summary>
    private static bool EndFlight(in QChanges.Taken item)
    {
        ref var entry = ref item.Place.Entry;
        entry.Lower(EntryFlags.InFlight);
        if (item.Snapshot.Has(EntryFlags.ExpiryMoved))
        {
            entry.Raise(EntryFlags.ExpiryMoved);
        }

        return !entry.Has(EntryFlags.Dirty);
    }

    private void SetAside(in QChanges.Taken item)
    {
        if (EndFlight(item))
        {
            item.Place.Entry.Raise(EntryFlags.Dirty | EntryFlags.Refused);
            _refused.Add(item.Place);
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
    private long SizeOf(EntryRef place, Func<StateKey, ActionKey, long>? bytesBeside)
    {
        ref var entry = ref place.Entry;
        var beside = bytesBeside?.Invoke(place.Row.Key, Actions[entry.ActionIndex].Key) ?? 0;
        return beside + (entry.RowId != 0
            ? BytesPerChange
            : BytesPerChange + PendingStateJson.BytesOf(StateJson.Of(place)) + PendingStateJson.BytesOf(Actions[entry.ActionIndex].Json));
    }

    private void DropJsonOfStored(QRow row)
    {
        if (row.PendingJson is not null && !row.IsBusy)
        {
            StateJson.Drop(row);
        }
    }

    private void MarkDirty(EntryRef place)
    {
        ref var entry = ref place.Entry;
        if (entry.Has(EntryFlags.Refused))
        {
            // What is changed is tried at once: perhaps only its old value was refused.
            _refused.Remove(place);
            entry.Lower(EntryFlags.Refused);
            entry.Raise(EntryFlags.ChangedInRefresh);
            _waiting.PushBack(place);
            return;
        }

        if (entry.Has(EntryFlags.Dirty))
        {
            return;
        }

        BacklogCount += entry.IsBusy ? 0 : 1;
        entry.Raise(EntryFlags.Dirty | EntryFlags.ChangedInRefresh);
        _waiting.PushBack(place);
    }
}
