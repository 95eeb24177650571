using QLearning.Learning.Updates;

namespace QLearning.Learning.QTables;

/// <summary>One numbered update that is in an entry's value and not yet stored.</summary>
/// <param name="Place">The entry.</param>
/// <param name="Client">Whose update it is.</param>
/// <param name="Number">Its number.</param>
/// <param name="Order">Its place among all updates that the table has learned, from 1.</param>
internal readonly record struct LoggedUpdate(EntryRef Place, NumberedClient Client, long Number, long Order);

/// <summary>
/// The numbered updates that are not stored yet, in the order in which they were learned. An update goes to the database with the entry
/// that it changed, never without it and never later: entries are taken in bounded batches, and a number that is stored while its Q-value
/// is not would be an update lost; the other way round, one that counts twice.
/// </summary>
internal sealed class UpdateLog
{
    private List<LoggedUpdate> _waiting = [];
    private readonly List<LoggedUpdate[]> _inFlight = [];

    /// <summary>The order of the newest update; 0: none.</summary>
    public long Newest { get; private set; }

    /// <summary>Every update up to this one has been stored.</summary>
    public long Durable => Oldest() is { } oldest ? oldest - 1 : Newest;

    /// <summary>Notes an update.</summary>
    public void Add(EntryRef place, NumberedClient client, long number) => _waiting.Add(new LoggedUpdate(place, client, number, ++Newest));

    /// <summary>The order of each update of a client that is not stored yet, by its number.</summary>
    public Dictionary<long, long> OrdersOf(Guid client)
    {
        var orders = new Dictionary<long, long>();
        foreach (var update in _waiting.Concat(_inFlight.SelectMany(taken => taken)))
        {
            if (update.Client.Id == client)
            {
                orders[update.Number] = update.Order;
            }
        }

        return orders;
    }

    /// <summary>Takes the updates of the entries that were just taken.</summary>
    public LoggedUpdate[] Take()
    {
        if (_waiting.Count == 0)
        {
            return [];
        }

        // There can be many, in arrays that only a full garbage collection frees: what stays moves up in the list, what goes is copied
        // once.
        var batch = new LoggedUpdate[_waiting.Count];
        var taken = 0;
        var left = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            if (_waiting[i].Place.Entry.Has(EntryFlags.Dirty))
            {
                _waiting[left++] = _waiting[i];
            }
            else
            {
                batch[taken++] = _waiting[i];
            }
        }

        _waiting.RemoveRange(left, taken);
        if (_waiting.Capacity > 4 * (taken + left))
        {
            _waiting.TrimExcess();
        }

        if (taken == 0)
        {
            return [];
        }

        Array.Resize(ref batch, taken);
        _inFlight.Add(batch);
        return batch;
    }

    /// <summary>Forgets updates that are stored.</summary>
    public void Complete(LoggedUpdate[] taken) => _inFlight.Remove(taken);

    /// <summary>Takes updates back that were not stored.</summary>
    public void Return(LoggedUpdate[] taken)
    {
        if (_inFlight.Remove(taken))
        {
            _waiting = [.. _waiting.Concat(taken).OrderBy(update => update.Order)];
        }
    }

    private long? Oldest()
    {
        var oldest = _waiting.Count > 0 ? _waiting[0].Order : (long?)null;
        foreach (var taken in _inFlight)
        {
            oldest = Math.Min(oldest ?? taken[0].Order, taken[0].Order);
        }

        return oldest;
    }
}
