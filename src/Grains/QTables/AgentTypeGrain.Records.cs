using QLearning.Abstractions;
using QLearning.Grains.Rewards;
using QLearning.Grains.Trajectories;

namespace QLearning.Grains.QTables;

/// <summary>What is stored beside the Q-table: episodes, and rewards that came late.</summary>
internal sealed partial class AgentTypeGrain
{
    public async ValueTask RecordTrajectories(Trajectory[] episodes)
    {
        TrajectoryCheck.All(episodes);
        var hot = await HotAsync();
        foreach (var session in episodes.Select(episode => episode.SessionId).OfType<Guid>().Distinct())
        {
            await UntilStopAsync(GrainFactory.GetGrain<ISessionGrain>(session).Require(hot.Type.AgentType).AsTask());
        }

        await UntilStopAsync(trajectories.WriteAsync(TrajectoryRecords.From(episodes, hot.Type, time.GetUtcNow())));
    }

    public async ValueTask<LearnResult?[]> RecordRewards(DelayedReward[] late)
    {
        DelayedRewardCheck.All(late);
        var hot = await HotAsync();
        if (hot.Part.Index != 0)
        {
            // The same reward must always come to the same grain, which sees that it is under way.
            throw HotTableFactory.SplitOtherwise(Key, hot.Part.Count);
        }

        _recorder ??= new DelayedRewardRecorder(rewards, trajectories, GrainFactory, time);
        var recording = _recorder.RecordAsync(hot.Type.AgentType, late, fresh => LearnDelayedAsync(hot, fresh));
        await UntilStopAsync(recording);
        return await recording;
    }
}
