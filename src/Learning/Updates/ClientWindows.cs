namespace QLearning.Learning.Updates;

/// <summary>
/// Which numbered updates of which client a Q-table has learned, so that one that comes again is not learned again, and which of them are
/// stored. Not safe for several threads.
/// </summary>
/// <param name="clock">Tells when a client was heard last.</param>
public sealed class ClientWindows(CoarseClock clock)
{
    private readonly Dictionary<Guid, NumberedClient> _clients = [];

    /// <summary>How many clients are known.</summary>
    public int Count => _clients.Count;

    /// <summary>Takes a client's stored window.</summary>
    /// <param name="client">The client.</param>
    /// <param name="stored">The numbers that are stored.</param>
    public void Load(Guid client, SequenceWindow stored) =>
        _clients[client] = new NumberedClient(client, stored) { HeardSeconds = clock.UpSeconds };

    /// <summary>Notes that a client sends no number below <paramref name="settledBelow"/> again.</summary>
    /// <param name="client">The client.</param>
    /// <param name="settledBelow">1 or more.</param>
    public void Settle(Guid client, long settledBelow)
    {
        if (_clients.TryGetValue(client, out var known))
        {
            known.HeardSeconds = clock.UpSeconds;
            known.SettledBelow = Math.Max(known.SettledBelow, settledBelow);
            known.Learned.Settle(settledBelow);
            known.Stored.Settle(settledBelow);
        }
    }

    /// <summary>Whether an update was learned, or is settled.</summary>
    /// <param name="client">The client.</param>
    /// <param name="number">The update's number.</param>
    /// <param name="settledBelow">What the client says with it: it sends no lower number again.</param>
    public bool Contains(Guid client, long number, long settledBelow) =>
        number < settledBelow || (_clients.TryGetValue(client, out var known) && known.Learned.Contains(number));

    /// <summary>
    /// The number below which a client sends none again, as it has said. A message with a lower one was late: nobody waits for its answer,
    /// and its update may have been given up before it was learned.
    /// </summary>
    /// <param name="client">The client.</param>
    public long SettledBelow(Guid client) => _clients.TryGetValue(client, out var known) ? known.SettledBelow : 1;

    /// <summary>Whether an update that was learned is stored too.</summary>
    /// <param name="client">The client.</param>
    /// <param name="number">The update's number.</param>
    public bool IsStored(Guid client, long number) => !_clients.TryGetValue(client, out var known) || known.Stored.Contains(number);

    /// <summary>How many learned numbers above its settled ones are kept of a client.</summary>
    /// <param name="client">The client.</param>
    public long CountAbove(Guid client) => _clients.TryGetValue(client, out var known) ? known.Learned.AboveCount : 0;

    /// <summary>
    /// Whether no update from a number on was learned or is settled: true of nearly every batch, which need not be looked through then.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="first">The lowest number.</param>
    /// <param name="settledBelow">As for <see cref="Contains"/>.</param>
    public bool AreNew(Guid client, long first, long settledBelow) =>
        first >= settledBelow && (!_clients.TryGetValue(client, out var known) || first > known.Learned.Highest);

    /// <summary>Forgets clients that were not heard for a time, unless something of them is not stored.</summary>
    /// <param name="silence">The time.</param>
    public void Forget(TimeSpan silence)
    {
        var gone = _clients.Values.Where(
            client => client.UnstoredCount == 0 && clock.UpSeconds - (double)client.HeardSeconds > silence.TotalSeconds);
        foreach (var client in gone.ToList())
        {
            _clients.Remove(client.Id);
        }
    }

    /// <summary>The windows to store with a batch of changes: what is stored already and the updates that are in the batch.</summary>
    /// <param name="changes">The batch.</param>
    public static BatchWindows WindowsOf(QChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var windows = new Dictionary<NumberedClient, SequenceWindow>();
        SequenceWindow? window = null;
        NumberedClient? client = null;
        foreach (ref readonly var update in changes.Updates.AsSpan())
        {
            if (update.Client != client)
            {
                client = update.Client;
                window = windows.TryGetValue(client, out var known) ? known : windows[client] = client.Stored.Copy();
            }

            window!.Add(update.Number);
        }

        return new BatchWindows(
            changes,
            [.. windows.Select(own => new ClientWindow(own.Key.Id, own.Value.Floor, [.. own.Value.Above]))],
            windows.ToDictionary(own => own.Key.Id, own => own.Key.Stored.Floor));
    }

    /// <summary>Notes that a batch of changes is stored together with its updates.</summary>
    /// <param name="changes">The batch.</param>
    /// <param name="refused">The indexes of changes that the database refused, so that their updates are not stored; null: none.</param>
    public static void Stored(QChanges changes, IReadOnlyCollection<int>? refused = null)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var places = changes.PlacesOf(refused ?? []);
        foreach (ref readonly var update in changes.Updates.AsSpan())
        {
            if (places.Count == 0 || !places.Contains(update.Place))
            {
                update.Client.MarkStored(update.Number);
            }
        }
    }

    /// <summary>The client that sends updates, a new one when it is heard for the first time.</summary>
    internal NumberedClient Open(Guid client, long settledBelow)
    {
        if (!_clients.TryGetValue(client, out var known))
        {
            _clients[client] = known = new NumberedClient(client, new SequenceWindow(settledBelow - 1))
            {
                HeardSeconds = clock.UpSeconds,
                SettledBelow = settledBelow,
            };
        }

        return known;
    }
}
