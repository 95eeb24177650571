using QLearning.Abstractions;
using QLearning.Storage.Rewards;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Rewards;

/// <summary>
/// Learns delayed rewards of one agent type and stores them. They are learned durably before they are stored, so that PostgreSQL never has
/// a reward that its Q-value lacks. Runs in the turns of its grain.
/// </summary>
internal sealed class DelayedRewardRecorder(DelayedRewardStore store, ITrajectoryPump pump, IGrainFactory grains, TimeProvider time)
{
    private readonly Dictionary<Guid, Task> _underWay = [];

    /// <param name="agentType">The agent type.</param>
    /// <param name="rewards">Checked rewards.</param>
    /// <param name="learn">Learns rewards; durable when it ends.</param>
    public async Task<LearnResult?[]> RecordAsync(string agentType, DelayedReward[] rewards, Func<DelayedReward[], Task<LearnResult[]>> learn)
    {
        // A call that is repeated because its answer took long must wait for the first one to see what that stored.
        while (rewards.Select(reward => _underWay.GetValueOrDefault(reward.Id)).FirstOrDefault(task => task is not null) is { } other)
        {
            await other.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        var work = RecordNewAsync(agentType, rewards, learn);
        foreach (var reward in rewards)
        {
            _underWay[reward.Id] = work;
        }

        try
        {
            return await work;
        }
        finally
        {
            foreach (var reward in rewards)
            {
                _underWay.Remove(reward.Id);
            }
        }
    }

    private async Task<LearnResult?[]> RecordNewAsync(
        string agentType, DelayedReward[] rewards, Func<DelayedReward[], Task<LearnResult[]>> learn)
    {
        // Before anything is learned: what is learned and then refused would be learned again by the next try.
        using var room = pump.TakeRoom(rewards.Length);
        var records = await ResolveAsync(agentType, rewards);
        var stored = await store.FindStoredAsync(records, CancellationToken.None);
        DelayedReward[] fresh = [.. rewards.Where(reward => !stored.Contains(reward.Id))];
        var learned = await learn(fresh);
        await pump.WriteRewardsAsync([.. records.Where(record => !stored.Contains(record.Id))], room);
        var results = new Queue<LearnResult>(learned);
        return Array.ConvertAll(rewards, reward => stored.Contains(reward.Id) ? (LearnResult?)null : results.Dequeue());
    }

    /// <summary>The rows to store, once it is known that what they name exists.</summary>
    private async Task<DelayedRewardRecord[]> ResolveAsync(string agentType, DelayedReward[] rewards)
    {
        Guid[] trajectories = [.. rewards.Select(reward => reward.TrajectoryId).OfType<Guid>().Distinct()];
        var sessions = trajectories.Length == 0
            ? new Dictionary<Guid, Guid?>()
            : await store.FindSessionsAsync(agentType, trajectories, CancellationToken.None);
        foreach (var session in rewards.Select(reward => reward.SessionId).OfType<Guid>().Distinct())
        {
            await CheckSessionAsync(agentType, session);
        }

        var now = time.GetUtcNow();
        return Array.ConvertAll(rewards, reward => new DelayedRewardRecord(
            reward.Id,
            agentType,
            SessionOf(reward, agentType, sessions),
            reward.TrajectoryId,
            reward.State.ToString(),
            reward.Action.ToString(),
            reward.Reward,
            reward.Source,
            now));
    }

    // A reward may come when its session has ended long ago.
    private async Task CheckSessionAsync(string agentType, Guid id)
    {
        var session = await grains.GetGrain<ISessionGrain>(id).Get();
        if (session.AgentType != agentType)
        {
            throw InvalidInputException.For("session", id, $"it belongs to the agent type '{session.AgentType}'", $"a session of '{agentType}'");
        }
    }

    private static Guid? SessionOf(DelayedReward reward, string agentType, IReadOnlyDictionary<Guid, Guid?> sessions)
    {
        if (reward.TrajectoryId is not { } trajectory)
        {
            return reward.SessionId;
        }

        if (!sessions.TryGetValue(trajectory, out var session))
        {
            throw InvalidInputException.For("trajectory", trajectory, "it is not stored", $"a stored trajectory of '{agentType}'");
        }

        return reward.SessionId is null || reward.SessionId == session
            ? session
            : throw InvalidInputException.For("session", reward.SessionId, "the trajectory is of another", "the trajectory's session, or none");
    }
}
