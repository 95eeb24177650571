using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Trajectories;

namespace QLearning.Grains.QTables;

/// <summary>Whole episodes, which are stored beside the Q-table.</summary>
internal sealed partial class AgentTypeGrain
{
    public async ValueTask RecordTrajectories(Trajectory[] episodes)
    {
        TrajectoryCheck.Trajectories(episodes, time.GetUtcNow());
        var hot = await HotAsync();
        foreach (var session in episodes.Select(episode => episode.SessionId).OfType<Guid>().Distinct())
        {
            await UntilStopAsync(GrainFactory.GetGrain<ISessionGrain>(session).Require(hot.Type.AgentType).AsTask());
        }

        await UntilStopAsync(trajectories.WriteAsync(TrajectoryRecords.From(episodes, hot.Type, time.GetUtcNow())));
    }
}
