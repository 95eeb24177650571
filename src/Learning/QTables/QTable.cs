namespace QLearning.Learning.QTables;

/// <summary>
/// The Q-values of one agent type in memory: a row per state, with what is known about each action and how far it is on its way to
/// the database. It belongs to one thread at a time (a grain's turn) and takes no locks. Expired entries count as absent.
/// </summary>
public sealed partial class QTable
{
    private readonly CoarseClock _clock;
    private readonly QRowSet _rows = new();
    private long _useCounter;

    /// <summary>An empty table.</summary>
    /// <param name="clock">The time that expiries are compared with.</param>
    /// <param name="timeToLive">How long a Q-value lives that is not learned any more, above zero.</param>
    public QTable(CoarseClock clock, TimeSpan timeToLive)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        TimeToLive = timeToLive;
    }

    /// <summary>
    /// True when every Q-value of the agent type is in memory, so that a state without a row is unknown to the database too.
    /// </summary>
    public bool IsWhole { get; set; }

    /// <summary>How long a Q-value lives after its last update.</summary>
    public TimeSpan TimeToLive { get; set; }

    /// <summary>States in memory, those known to have no Q-value included.</summary>
    public int StateCount => _rows.Count;

    /// <summary>Q-values in memory, expired ones included.</summary>
    public int QValueCount { get; private set; }

    /// <summary>The sum of their visit counts.</summary>
    public long VisitTotal { get; private set; }

    /// <summary>The actions of the agent type.</summary>
    public ActionSet Actions { get; } = new();

    /// <summary>Makes room, so that loading does not grow the table again and again.</summary>
    /// <param name="states">How many states are expected in all.</param>
    public void EnsureCapacity(int states) => _rows.EnsureCapacity(states);

    /// <summary>True when the state's row is in memory, be it a row that says the database has nothing.</summary>
    /// <param name="state">The state's key.</param>
    public bool Contains(StateKey state) => _rows.Find(state) is not null;

    /// <summary>The keys of the states in memory.</summary>
    public StateKey[] States() => [.. _rows.Select(row => row.Key)];

    /// <summary>The state's row, or null when it is not in memory. Counts as a use.</summary>
    /// <param name="state">The state's key.</param>
    public QRow? Find(StateKey state)
    {
        if (_rows.Find(state) is not { } row)
        {
            return null;
        }

        row.UseStamp = ++_useCounter;
        return row;
    }

    /// <summary>
    /// The entry with the highest Q-value; ties go to the higher confidence, then to the smaller action key. Allocates nothing.
    /// </summary>
    /// <param name="state">The state's key.</param>
    /// <param name="best">The entry.</param>
    /// <returns>False when nothing that has not expired is known of the state.</returns>
    public bool TryGetBest(StateKey state, out BestEntry best)
    {
        best = default;
        if (Find(state) is not { } row)
        {
            return false;
        }

        var now = _clock.NowSeconds;
        if (row.HasBestAt(now) || FindBest(row, now))
        {
            best = row.Best;
            return true;
        }

        return false;
    }

    /// <summary>One Q-value.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="action">The action's key.</param>
    /// <param name="entry">What is known about it.</param>
    /// <returns>False when it was never learned or has expired.</returns>
    public bool TryGet(StateKey state, ActionKey action, out QEntry entry)
    {
        entry = default;
        if (Find(state) is not { } row)
        {
            return false;
        }

        var index = IndexOf(row, action);
        if (index < 0 || row.Entries[index].IsExpired(_clock.NowSeconds))
        {
            return false;
        }

        entry = QEntry.Of(row.Entries[index]);
        return true;
    }

    /// <summary>All Q-values of a state that have not expired; none when the state is not in memory. Allocates nothing.</summary>
    /// <param name="state">The state's key.</param>
    public LiveEntries GetEntries(StateKey state) => Find(state) is { } row ? GetEntries(row) : default;

    /// <summary>
    /// All Q-values of a state that have not expired, the best first: in the order in which <see cref="TryGetBest"/> and the SQL function
    /// <c>get_best_action</c> prefer them.
    /// </summary>
    /// <param name="state">The state's key.</param>
    public QEntry[] GetRanked(StateKey state)
    {
        if (Find(state) is not { } row)
        {
            return [];
        }

        var now = _clock.NowSeconds;
        var entries = Array.FindAll(row.Entries.ToArray(), entry => !entry.IsExpired(now));
        Array.Sort(entries, (a, b) => b.CompareTo(a) is var order && order != 0
            ? order
            : Actions[a.ActionIndex].Key.CompareTo(Actions[b.ActionIndex].Key));
        return Array.ConvertAll(entries, static entry => QEntry.Of(entry));
    }

    /// <summary>All Q-values of a row that have not expired. Allocates nothing.</summary>
    /// <param name="row">A row of this table.</param>
    public LiveEntries GetEntries(QRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new LiveEntries(row.Entries, _clock.NowSeconds);
    }

    /// <summary>Finds the best entry that has not expired, and notes it in the row; false when there is none.</summary>
    private bool FindBest(QRow row, uint now)
    {
        var entries = row.Entries;
        var winner = -1;
        for (var index = 0; index < entries.Length; index++)
        {
            if (!entries[index].IsExpired(now) && (winner < 0 || IsBetter(entries[index], entries[winner])))
            {
                winner = index;
            }
        }

        if (winner < 0)
        {
            return false;
        }

        row.KeepBest(entries[winner]);
        return true;
    }

    private bool IsBetter(in PackedEntry entry, in PackedEntry than)
    {
        var order = entry.CompareTo(than);
        return order > 0 || (order == 0 && Actions[entry.ActionIndex].Key < Actions[than.ActionIndex].Key);
    }

    /// <summary>The place of an action in a row, however the row describes it; -1: it is not there.</summary>
    private int IndexOf(QRow row, ActionKey action)
    {
        if (!Actions.TryGetIndex(action, out var known))
        {
            return -1;
        }

        var index = row.IndexOf(known);
        if (index >= 0 || !Actions.HasSeveral(known))
        {
            return index;
        }

        var entries = row.Entries;
        for (index = entries.Length - 1; index >= 0 && !Actions.AreSame(entries[index].ActionIndex, known); index--)
        {
        }

        return index;
    }

    private QRow FindOrAdd(StateKey state, out bool added)
    {
        added = false;
        if (Find(state) is { } row)
        {
            return row;
        }

        added = true;
        row = new QRow(state) { UseStamp = ++_useCounter };
        _rows.Add(row);
        Added?.Invoke(row.Key);
        return row;
    }

    private int AddEntry(QRow row, in PackedEntry entry)
    {
        QValueCount++;
        VisitTotal += entry.Visits;
        return row.Add(entry);
    }
}
