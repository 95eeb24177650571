namespace QLearning.Learning.Updates;

/// <summary>
/// The windows of clients to store with a batch of changes, as they were when it was taken. May be read by any thread, however the table
/// learns on.
/// </summary>
public sealed class BatchWindows
{
    private readonly QChanges _changes;
    private readonly Dictionary<Guid, long> _storedFloors;

    internal BatchWindows(QChanges changes, ClientWindow[] all, Dictionary<Guid, long> storedFloors) =>
        (_changes, All, _storedFloors) = (changes, all, storedFloors);

    /// <summary>The windows to store with all changes.</summary>
    public IReadOnlyList<ClientWindow> All { get; }

    /// <summary>
    /// The windows to store with all but some changes, which the database refuses: a number that is stored without its Q-value would be an
    /// update lost.
    /// </summary>
    /// <param name="refused">The indexes of these changes.</param>
    public IReadOnlyList<ClientWindow> Without(IEnumerable<int> refused)
    {
        var places = _changes.PlacesOf(refused);
        var numbers = _changes.Updates
            .Where(update => places.Contains(update.Place) && update.Number > _storedFloors[update.Client.Id])
            .ToLookup(update => update.Client.Id, update => update.Number);
        return [.. All.Select(window => numbers.Contains(window.ClientId) ? Without(window, [.. numbers[window.ClientId]]) : window)];
    }

    private static ClientWindow Without(ClientWindow window, HashSet<long> numbers)
    {
        // What is between the lowest of them and the floor was noted number by number, so these are few.
        var floor = Math.Min(window.Floor, numbers.Min() - 1);
        var above = new List<long>();
        for (var number = floor + 1; number <= window.Floor; number++)
        {
            above.Add(number);
        }

        above.AddRange(window.Above);
        above.RemoveAll(numbers.Contains);
        return new ClientWindow(window.ClientId, floor, [.. above]);
    }
}
