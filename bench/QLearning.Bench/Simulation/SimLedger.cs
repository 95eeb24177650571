using QLearning.Abstractions;

namespace QLearning.Bench.Simulation;

/// <summary>
/// What callers were told, and so how often each Q-value may have been updated in the end. Most updates have a Q-value of their own, so
/// that it is known which one is missing or counts twice.
/// </summary>
/// <param name="world">The schedule.</param>
internal sealed class SimLedger(SimWorld world)
{
    private readonly Dictionary<(StateKey State, ActionKey Action), Expected> _expected = [];
    private readonly Dictionary<(Guid Id, StateKey State, ActionKey Action), bool> _rewards = [];
    private readonly Dictionary<(StateKey State, ActionKey Action), (SimClient Client, double Value)> _set = [];
    private bool _isLossy;

    /// <summary>How many updates were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Updates are sent: until more is known they may take effect or not.</summary>
    public void Sent(SimClient client, UpdateGroup updates)
    {
        for (var i = 0; i < updates.Count; i++)
        {
            var expected = Of(updates, i);
            expected.Senders.Add(client);
            if (IsFirst(updates, i, acknowledged: false))
            {
                expected.Max++;
            }
        }
    }

    /// <summary>An update was acknowledged.</summary>
    /// <param name="updates">The updates of the call.</param>
    /// <param name="index">Its place.</param>
    /// <param name="isStep">Whether it is an agent's step: its client keeps it whatever else it keeps.</param>
    /// <param name="isDurable">Whether it was called durable.</param>
    public void Acknowledge(UpdateGroup updates, int index, bool isStep = false, bool isDurable = false)
    {
        if (isDurable && world.Store.IsRefusing && IsRefusedByStore(updates.ActionAt(index)))
        {
            world.Fail($"{updates.StateAt(index)}/{updates.ActionAt(index)} was called durable, and its row is refused.");
        }

        Acknowledged++;
        var expected = Of(updates, index);
        var isKept = isStep || !world.Plan.IsLossy || expected.Senders.TrueForAll(client => client.Resends);
        if (IsFirst(updates, index, acknowledged: true) && !IsRefusedByStore(updates.ActionAt(index)) && isKept)
        {
            expected.Min++;
        }
    }

    /// <summary>A client was told that a Q-value is set. It sets it again only when it was told so, and higher.</summary>
    public void Set(SimClient client, StateKey state, ActionKey action, double value) => _set[(state, action)] = (client, value);

    /// <summary>An update was refused: it has no effect.</summary>
    public void Refuse(UpdateGroup updates, int index)
    {
        if (updates.Rewards.Length == 0)
        {
            Of(updates, index).Max--;
        }
    }

    /// <summary>
    /// What was acknowledged, lost and sent again is refused only when it would take a Q-value out of its range, since others were learned
    /// before it now.
    /// </summary>
    public void Refused(UpdateBatch batch, UpdateResult result)
    {
        foreach (var refusal in batch.IsResent ? result.Refusals : [])
        {
            var group = batch.Groups[refusal.Group];
            if (refusal.Error is InvalidInputException && refusal.Error.Message.Contains("out of range", StringComparison.Ordinal))
            {
                for (var i = 0; i < group.Count; i++)
                {
                    Of(group, i).Lost++;
                }
            }
        }
    }

    /// <summary>A client dies: what it keeps may be lost if its owner is lost too.</summary>
    public void Died(SimClient client)
    {
        foreach (var (key, expected) in _expected.Where(expected => expected.Value.Senders.Contains(client)))
        {
            var stored = Visits(world.Store.Tables, key);
            expected.MayLackFirst |= stored == 0;
            expected.Min = Math.Min(expected.Min, stored);
        }
    }

    /// <summary>What was stored is lost by an act of its administrator: nobody sends it again.</summary>
    public void Lost(ModelTables before, ModelTables after)
    {
        _isLossy = true;
        foreach (var (key, expected) in _expected)
        {
            expected.Lost += Math.Max(0, Visits(before, key) - Visits(after, key));
        }
    }

    /// <summary>A trajectory is stored: all its steps must be.</summary>
    public void CheckStored(Guid trajectory, StateKey state, ActionKey action)
    {
        var isLost = _expected.TryGetValue((state, action), out var expected) && expected.Lost > 0;
        if (!_isLossy && !isLost && Visits(world.Store.Tables, (state, action)) == 0)
        {
            world.Fail($"The trajectory {trajectory} is stored before its step {state}/{action}.");
        }
    }

    /// <summary>Compares the store with what was told.</summary>
    public void Check()
    {
        var tables = world.Store.Tables;
        foreach (var (key, expected) in _expected)
        {
            var visits = Visits(tables, key);
            var least = expected.Min - expected.Lost;
            if (visits < least || visits > expected.Max)
            {
                world.Fail(
                    $"{key.State}/{key.Action} of {expected.Senders[0].Name} has {visits} visits; {least} to {expected.Max} are right.");
            }
        }

        foreach (var unknown in tables.Rows.Keys.Where(key => !_expected.ContainsKey(key)))
        {
            world.Fail($"{unknown.State}/{unknown.Action} was never sent.");
        }

        CheckRewards(tables);
        CheckOrder(tables);
    }

    private void CheckOrder(ModelTables tables)
    {
        foreach (var (key, (client, value)) in _set)
        {
            var isKept = client.Node.IsAlive && !_isLossy && (client.Resends || !world.Plan.IsLossy) && !IsRefusedByStore(key.Action);
            if (isKept && !(tables.Rows.TryGetValue(key, out var row) && row.Value >= value))
            {
                world.Fail($"{key.State}/{key.Action} is {row.Value}; it was set to {value} last.");
            }
        }
    }

    private void CheckRewards(ModelTables tables)
    {
        if (_isLossy)
        {
            return;
        }

        foreach (var ((id, state, action), isAcknowledged) in _rewards)
        {
            if (isAcknowledged && !IsRefusedByStore(action) && !tables.Rewards.Contains((id, state, action)))
            {
                world.Fail($"The late reward {id} of {state}/{action} has no row.");
            }
        }

        // One update is learned before its rewards, and may be lost with its client and its owner when they are not: whatever came of it,
        // rewards and their rows belong together.
        foreach (var rewards in _rewards.Keys.GroupBy(reward => (reward.State, reward.Action)))
        {
            var rows = rewards.Count(tables.Rewards.Contains);
            if (Visits(tables, rewards.Key) is > 0 and var visits && visits != 1 + rows && !IsRefusedByStore(rewards.Key.Action)
                && !(visits == rows && _expected[rewards.Key].MayLackFirst))
            {
                world.Fail($"{rewards.Key.State}/{rewards.Key.Action} has {visits} visits and {rows} rows of late rewards.");
            }
        }
    }

    /// <summary>A late reward counts once, whoever sends it.</summary>
    private bool IsFirst(UpdateGroup updates, int index, bool acknowledged)
    {
        if (updates.Rewards.Length == 0)
        {
            return true;
        }

        var reward = updates.Rewards[index];
        var key = (reward.Id, reward.State, reward.Action);
        var known = _rewards.TryGetValue(key, out var isAcknowledged);
        _rewards[key] = isAcknowledged || acknowledged;
        return acknowledged ? !isAcknowledged : !known;
    }

    private bool IsRefusedByStore(ActionKey action) => world.Store.Refused.Contains(action);

    private Expected Of(UpdateGroup updates, int index)
    {
        var key = (updates.StateAt(index), updates.ActionAt(index));
        if (!_expected.TryGetValue(key, out var expected))
        {
            _expected[key] = expected = new Expected();
        }

        return expected;
    }

    private static int Visits(ModelTables tables, (StateKey, ActionKey) key) => tables.Rows.TryGetValue(key, out var row) ? row.Visits : 0;

    private sealed class Expected
    {
        public List<SimClient> Senders { get; } = [];

        public int Min { get; set; }

        public int Max { get; set; }

        /// <summary>Whether a sender died before any of them was stored.</summary>
        public bool MayLackFirst { get; set; }

        /// <summary>Acknowledged ones that may be missing: nobody sends them again.</summary>
        public int Lost { get; set; }
    }
}
