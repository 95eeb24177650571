namespace QLearning.Learning.Updates;

/// <summary>The windows of all clients of one Q-table, with what is not stored yet. Not safe for several threads.</summary>
/// <param name="clock">Tells when a client was heard last.</param>
public sealed class ClientWindows(CoarseClock clock)
{
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly HashSet<Guid> _unstored = [];

    /// <summary>How many clients are known.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes a client's stored window.</summary>
    public void Load(Guid client, SequenceWindow window) => _entries[client] = new Entry(window) { HeardSeconds = clock.NowSeconds };

    /// <summary>Notes that a client sends nothing below a number again, and says whether a number has taken effect.</summary>
    public bool Contains(Guid client, long sequence, long settledBelow)
    {
        if (!_entries.TryGetValue(client, out var entry))
        {
            return sequence < settledBelow;
        }

        entry.HeardSeconds = clock.NowSeconds;
        entry.Window.Settle(settledBelow);
        return entry.Window.Contains(sequence);
    }

    /// <summary>How many numbers above its settled ones are kept of a client.</summary>
    public int CountUnsettled(Guid client) => _entries.TryGetValue(client, out var entry) ? entry.Window.Above.Count : 0;

    /// <summary>Notes that an update has taken effect; it is to be stored with what was learned.</summary>
    public void Add(Guid client, long sequence, long settledBelow)
    {
        if (!_entries.TryGetValue(client, out var entry))
        {
            _entries[client] = entry = new Entry(new SequenceWindow(settledBelow - 1)) { HeardSeconds = clock.NowSeconds };
        }

        entry.Window.Add(sequence);
        _unstored.Add(client);
    }

    /// <summary>Takes what is not stored yet.</summary>
    public ClientWindow[] TakeUnstored()
    {
        if (_unstored.Count == 0)
        {
            return [];
        }

        ClientWindow[] taken = [.. _unstored.Select(client => ClientWindow.From(client, _entries[client].Window))];
        _unstored.Clear();
        return taken;
    }

    /// <summary>Ends the storing of what was taken, in vain: it is to be stored again, as it will be then.</summary>
    public void Return(IEnumerable<ClientWindow> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        _unstored.UnionWith(taken.Select(window => window.ClientId));
    }

    /// <summary>Forgets clients that were not heard for a time, unless something of them is not stored.</summary>
    public void Forget(TimeSpan silence)
    {
        var gone = _entries.Where(pair => clock.NowSeconds - (double)pair.Value.HeardSeconds > silence.TotalSeconds && !_unstored.Contains(pair.Key));
        foreach (var (client, _) in gone.ToList())
        {
            _entries.Remove(client);
        }
    }

    private sealed class Entry(SequenceWindow window)
    {
        public SequenceWindow Window { get; } = window;

        public uint HeardSeconds { get; set; }
    }
}
