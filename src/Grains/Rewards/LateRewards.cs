using System.Runtime.InteropServices;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Learning.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Rewards;

/// <summary>
/// The late rewards of one partition from their arrival until they are stored, in the flush that stores what was learned from them: the row
/// makes a reward count once, so neither may be stored without the other. Runs in the turns of its grain.
/// </summary>
/// <param name="agentType">The agent type.</param>
/// <param name="store">What is stored already.</param>
/// <param name="findSession">Finds a session by its id.</param>
/// <param name="time">When rewards are observed.</param>
internal sealed class LateRewards(string agentType, ILateRewardStore store, Func<Guid, Task<SessionInfo>> findSession, TimeProvider time)
{
    private readonly Dictionary<RewardKey, Task> _checking = [];
    private readonly Dictionary<RewardKey, long> _learned = [];
    private readonly Dictionary<long, RewardWrite> _rows = [];
    private readonly Dictionary<(StateKey, ActionKey), int> _rowsOf = [];

    /// <summary>About how many bytes the rows take that are not stored.</summary>
    public long ByteCount => (long)_rows.Count * RewardWrite.ByteCount;

    /// <summary>
    /// Finds out what must be known before rewards are learned. No other call learns them until the answer is disposed of.
    /// </summary>
    /// <param name="rewards">Checked rewards.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<RewardClaim> CheckAsync(DelayedReward[] rewards)
    {
        RewardKey[] keys = [.. rewards.Select(RewardKey.Of).Distinct()];
        while (keys.Select(key => _checking.GetValueOrDefault(key)).FirstOrDefault(other => other is not null) is { } other)
        {
            await other;
        }

        var check = new RewardClaim(this, keys);
        Array.ForEach(keys, key => _checking[key] = check.Ended);
        try
        {
            await FillAsync(check, rewards);
            return check;
        }
        catch
        {
            check.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the rows of rewards that were learned.</summary>
    /// <param name="learned">The rewards with their rows.</param>
    /// <param name="newest">The place of the update of the last one, see <see cref="QTable.NewestUpdate"/>.</param>
    public void Learned(IReadOnlyList<(DelayedReward Reward, RewardWrite Row)> learned, long newest)
    {
        for (var i = 0; i < learned.Count; i++)
        {
            var update = newest - learned.Count + 1 + i;
            var row = learned[i].Row;
            (_learned[RewardKey.Of(learned[i].Reward)], _rows[update]) = (update, row);
            CollectionsMarshal.GetValueRefOrAddDefault(_rowsOf, (row.State, row.Action), out _)++;
        }
    }

    /// <summary>The rows that belong to a batch of changes.</summary>
    public IReadOnlyList<RewardWrite> Of(QChanges changes) => _rows.Count == 0
        ? []
        : [.. changes.UpdateOrders.Where(_rows.ContainsKey).Select(update => _rows[update])];

    /// <summary>How many bytes go to the database with a Q-value; null: none with any.</summary>
    public Func<StateKey, ActionKey, long>? BytesBeside => _rows.Count == 0
        ? null
        : (state, action) => (long)_rowsOf.GetValueOrDefault((state, action)) * RewardWrite.ByteCount;

    /// <summary>A batch of changes is stored, and its rewards with it, all but some.</summary>
    public void Stored(QChanges changes, IReadOnlyCollection<long>? refused = null) =>
        Forget(_rows.Count == 0 ? [] : changes.UpdateOrders.Except(refused ?? []));

    /// <summary>Whether an update is that of a late reward whose row is not stored.</summary>
    public bool Has(long update) => _rows.ContainsKey(update);

    /// <summary>Some updates are over.</summary>
    public void Forget(IEnumerable<long> updates)
    {
        foreach (var update in updates)
        {
            if (_rows.Remove(update, out var row))
            {
                _learned.Remove(new RewardKey(row.Id, row.State, row.Action));
                if (--CollectionsMarshal.GetValueRefOrAddDefault(_rowsOf, (row.State, row.Action), out _) == 0)
                {
                    _rowsOf.Remove((row.State, row.Action));
                }
            }
        }
    }

    internal bool IsLearned(in RewardKey key) => _learned.ContainsKey(key);

    internal long? PlaceOf(in RewardKey key) => _learned.TryGetValue(key, out var update) ? update : null;

    internal void Release(IEnumerable<RewardKey> keys)
    {
        foreach (var key in keys)
        {
            _checking.Remove(key);
        }
    }

    private async Task FillAsync(RewardClaim check, DelayedReward[] rewards)
    {
        // Before PostgreSQL is asked: a flush that is committed while it looks is missing in its answer, and its rewards are kept here no
        // more.
        check.Recorded.UnionWith(rewards.Where(reward => IsLearned(RewardKey.Of(reward))));
        Guid[] trajectories = [.. rewards.Select(reward => reward.TrajectoryId).OfType<Guid>().Distinct()];
        var sessionOf = trajectories.Length == 0
            ? new Dictionary<Guid, Guid?>()
            : await store.FindSessionsAsync(agentType, trajectories, CancellationToken.None);
        var now = time.GetUtcNow();
        foreach (var reward in rewards)
        {
            try
            {
                var session = SessionOf(reward, sessionOf);
                await (reward.SessionId is { } named ? CheckSessionAsync(named) : Task.CompletedTask);
                check.Rows[reward] = new RewardWrite(
                    reward.Id, session, reward.TrajectoryId, reward.State, reward.Action, reward.Reward, reward.Source, now);
            }
            catch (Exception error) when (error is InvalidInputException or UnknownSessionException)
            {
                check.Problems[reward] = (QLearningException)error;
            }
        }

        check.Recorded.UnionWith(await store.FindStoredAsync(agentType, rewards, CancellationToken.None));
    }

    // A reward may come when its session has ended long ago.
    private async Task CheckSessionAsync(Guid id) => SessionCheck.Belongs(await findSession(id), agentType);

    private Guid? SessionOf(DelayedReward reward, IReadOnlyDictionary<Guid, Guid?> sessionOf)
    {
        if (reward.TrajectoryId is not { } trajectory)
        {
            return reward.SessionId;
        }

        if (!sessionOf.TryGetValue(trajectory, out var session))
        {
            throw InvalidInputException.For("trajectory", trajectory, "it is not stored", $"a stored trajectory of '{agentType}'");
        }

        return reward.SessionId is null || reward.SessionId == session
            ? session
            : throw InvalidInputException.For(
                "session", reward.SessionId, "the trajectory is of another", "the trajectory's session, or none");
    }
}
