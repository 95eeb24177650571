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
    /// <summary>For how many updates after it one that the database refused keeps those from being called durable.</summary>
    public const int MaxHeldBack = 10_000;

    private readonly List<Flight> _inFlight = [];
    private List<LoggedUpdate> _waiting = [];

    /// <summary>Those of entries that the database refused and did not take since, in their order.</summary>
    private List<LoggedUpdate> _refused = [];

    /// <summary>The order of the newest update; 0: none.</summary>
    public long Newest { get; private set; }

    /// <summary>Every update up to this one has been stored, or was refused long ago.</summary>
    public long Durable => Oldest() is { } oldest ? oldest - 1 : Newest;

    /// <summary>How many updates are not stored.</summary>
    public int Count
    {
        get
        {
            var count = _waiting.Count + _refused.Count;
            foreach (var flight in _inFlight)
            {
                count += flight.Updates.Length;
            }

            return count;
        }
    }

    /// <summary>Notes an update.</summary>
    public void Add(EntryRef place, NumberedClient client, long number) => _waiting.Add(new LoggedUpdate(place, client, number, ++Newest));

    /// <summary>The order of each update of a client that is not stored yet, by its number.</summary>
    public Dictionary<long, long> OrdersOf(Guid client)
    {
        var orders = new Dictionary<long, long>();
        foreach (var update in _waiting.Concat(_refused).Concat(_inFlight.SelectMany(flight => flight.Updates)))
        {
            if (update.Client.Id == client)
            {
                orders[update.Number] = update.Order;
            }
        }

        return orders;
    }

    /// <summary>Whether one of some updates is of an entry that waits beside the queue since it was refused.</summary>
    public bool IsRefused(long first, long last)
    {
        for (var i = FirstRefusedFrom(first); i < _refused.Count && _refused[i].Order <= last; i++)
        {
            if (_refused[i].Place.Entry.Has(EntryFlags.Refused))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the updates of the entries that were just taken.</summary>
    public LoggedUpdate[] Take()
    {
        // What needs memory comes before anything is changed: if there is none, all stays as it is.
        var (waiting, refused) = (_waiting.Count(IsTaken), _refused.Count(IsTaken));
        if (waiting + refused == 0)
        {
            return [];
        }

        var flight = new Flight(new LoggedUpdate[waiting + refused], new HashSet<long>(refused));
        _inFlight.EnsureCapacity(_inFlight.Count + 1);
        flight.WasRefused.UnionWith(_refused.Where(IsTaken).Select(update => update.Order));
        Move(_refused, flight.Updates, 0);
        Move(_waiting, flight.Updates, refused);
        if (refused > 0)
        {
            Array.Sort(flight.Updates, static (one, other) => one.Order.CompareTo(other.Order));
        }

        _inFlight.Add(flight);
        return flight.Updates;
    }

    /// <summary>
    /// Forgets updates that are stored; those of some entries were refused. Of these the ones that hold back no others any more count as
    /// stored: kept, each flush would take longer than the one before.
    /// </summary>
    /// <param name="taken">The updates.</param>
    /// <param name="refused">The entries that were refused.</param>
    /// <param name="isKept">Whether an update is kept for as long as its entry is refused, such as that of a late reward.</param>
    public void Complete(LoggedUpdate[] taken, HashSet<EntryRef> refused, Func<long, bool> isKept)
    {
        if (Remove(taken) is not null && refused.Count > 0)
        {
            _refused = InOrder(_refused, taken.Where(update => refused.Contains(update.Place)));
            var oldest = Newest - MaxHeldBack;
            EndRefused(update => update.Order < oldest && !isKept(update.Order));
        }
    }

    /// <summary>Takes updates back that were not stored.</summary>
    public void Return(LoggedUpdate[] taken)
    {
        if (Remove(taken) is { } flight)
        {
            _waiting = InOrder(_waiting, taken.Where(update => !flight.WasRefused.Contains(update.Order)));
            _refused = InOrder(_refused, taken.Where(update => flight.WasRefused.Contains(update.Order)));
        }
    }

    /// <summary>The updates of a refused entry are over; returns their order.</summary>
    public List<long> DropRefused(EntryRef place) => EndRefused(update => update.Place == place);

    /// <summary>Some updates that were refused are over, and count as stored; returns their order.</summary>
    private List<long> EndRefused(Func<LoggedUpdate, bool> isOver)
    {
        List<long> over = [];
        _refused.RemoveAll(update =>
        {
            if (!isOver(update))
            {
                return false;
            }

            update.Client.MarkStored(update.Number);
            over.Add(update.Order);
            return true;
        });
        return over;
    }

    private static bool IsTaken(LoggedUpdate update) => !update.Place.Entry.Has(EntryFlags.Dirty);

    /// <summary>
    /// There can be many, in arrays that only a full garbage collection frees: what stays moves up in the list, what goes is copied once.
    /// </summary>
    private static void Move(List<LoggedUpdate> from, LoggedUpdate[] to, int next)
    {
        var (left, count) = (0, from.Count);
        for (var i = 0; i < count; i++)
        {
            if (IsTaken(from[i]))
            {
                to[next++] = from[i];
            }
            else
            {
                from[left++] = from[i];
            }
        }

        from.RemoveRange(left, count - left);
        if (from.Capacity > 4 * count)
        {
            from.TrimExcess();
        }
    }

    private static List<LoggedUpdate> InOrder(List<LoggedUpdate> some, IEnumerable<LoggedUpdate> others) =>
        [.. some.Concat(others).OrderBy(update => update.Order)];

    private Flight? Remove(LoggedUpdate[] taken)
    {
        var at = _inFlight.FindIndex(flight => flight.Updates == taken);
        if (at < 0)
        {
            return null;
        }

        var flight = _inFlight[at];
        _inFlight.RemoveAt(at);
        return flight;
    }

    private long? Oldest()
    {
        var oldest = _waiting.Count > 0 ? _waiting[0].Order : (long?)null;
        foreach (var flight in _inFlight)
        {
            oldest = Lower(oldest, OldestOf(flight));
        }

        return FirstRefusedFrom(Newest - MaxHeldBack) is var at && at < _refused.Count ? Lower(oldest, _refused[at].Order) : oldest;
    }

    private long? OldestOf(Flight flight)
    {
        foreach (var update in flight.Updates)
        {
            if (update.Order >= Newest - MaxHeldBack || !flight.WasRefused.Contains(update.Order))
            {
                return update.Order;
            }
        }

        return null;
    }

    private int FirstRefusedFrom(long order)
    {
        var (low, high) = (0, _refused.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _refused[middle].Order < order ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static long? Lower(long? one, long? other) => one < other || other is null ? one : other;

    /// <summary>The updates of a batch in flight.</summary>
    /// <param name="Updates">All, in their order.</param>
    /// <param name="WasRefused">The order of those that were refused before.</param>
    private sealed record Flight(LoggedUpdate[] Updates, HashSet<long> WasRefused);
}
