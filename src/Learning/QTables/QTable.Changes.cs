namespace QLearning.Learning.QTables;

public sealed partial class QTable
{
    private readonly EntryQueue _waiting = new();

    /// <summary>Entries that wait to be taken; one that was changed again while in flight waits too.</summary>
    public int DirtyCount => _waiting.Count;

    /// <summary>Entries that wait or are in flight, each counted once: what would be lost with this process.</summary>
    public int BacklogCount { get; private set; }

    /// <summary>
    /// Takes waiting entries in the order they became dirty, with the values they have now; they are in flight until the batch is
    /// completed or returned. An entry of an earlier batch that is still in flight is left waiting, so that two batches never hold the
    /// same row.
    /// </summary>
    /// <param name="max">The most entries to take.</param>
    public QChanges TakeChanges(int max)
    {
        var items = new List<QChanges.Taken>(Math.Clamp(max, 0, _waiting.Count));
        for (var untried = _waiting.Count; untried > 0 && items.Count < max; untried--)
        {
            var place = _waiting.PopFront();
            ref var entry = ref place.Entry;
            if (entry.Has(EntryFlags.InFlight))
            {
                _waiting.PushBack(place);
                continue;
            }

            items.Add(new QChanges.Taken(place, entry.RowId == 0 ? place.Row.PendingJson : null));
            entry.Lower(EntryFlags.Dirty);
            entry.Lower(EntryFlags.ExpiryMoved);
            entry.Raise(EntryFlags.InFlight);
        }

        return new QChanges(Actions, [.. items]);
    }

    /// <summary>Ends a batch whose changes are stored.</summary>
    /// <param name="changes">The batch.</param>
    /// <param name="insertedRowIds">The new rows' ids by the index of the change; only inserts need one.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Complete(QChanges changes, IReadOnlyDictionary<int, long> insertedRowIds)
    {
        ArgumentNullException.ThrowIfNull(insertedRowIds);
        Close(changes);
        for (var i = 0; i < changes.Count; i++)
        {
            ref readonly var item = ref changes.Items[i];
            ref var entry = ref item.Place.Entry;
            entry.Lower(EntryFlags.InFlight);
            BacklogCount -= entry.IsBusy ? 0 : 1;
            if (item.Snapshot.RowId == 0 && insertedRowIds.TryGetValue(i, out var rowId))
            {
                entry.RowId = rowId;
            }
        }

        foreach (ref readonly var item in changes.Items)
        {
            var row = item.Place.Row;
            row.PendingJson = row.PendingJson is not null && row.HasUnstored() ? row.PendingJson : null;
        }
    }

    /// <summary>Ends a batch that was not stored: its entries wait again, before those that became dirty later.</summary>
    /// <param name="changes">The batch.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void Return(QChanges changes)
    {
        Close(changes);
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

    /// <summary>
    /// Takes note that rows of a batch were not found in the database (a clean-up or another program deleted them). Their entries wait
    /// again, to be inserted anew with a full time to live. Call it before the batch is completed or returned.
    /// </summary>
    /// <param name="changes">The batch.</param>
    /// <param name="rowIds">The ids that were not found; ids that are not in the batch are passed over.</param>
    /// <exception cref="InvalidOperationException">The batch was completed or returned before.</exception>
    public void ForgetRowIds(QChanges changes, IReadOnlyCollection<long> rowIds)
    {
        ArgumentNullException.ThrowIfNull(rowIds);
        CheckOpen(changes);
        var vanished = rowIds as IReadOnlySet<long> ?? rowIds.ToHashSet();
        foreach (ref readonly var item in changes.Items)
        {
            ref var entry = ref item.Place.Entry;
            if (entry.RowId == 0 || entry.RowId != item.Snapshot.RowId || !vanished.Contains(entry.RowId))
            {
                continue;
            }

            entry.RowId = 0;
            entry.ExpirySeconds = Expiry.After(_clock.NowSeconds, TimeToLive);
            entry.Raise(EntryFlags.ExpiryMoved);
            MarkDirty(item.Place);
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
