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
        foreach (var session in episodes.Select(episode => episode.SessionId).OfType<Guid>().Distinct().ToArray())
        {
            try
            {
                await UntilStopAsync(GrainFactory.GetGrain<ISessionGrain>(session).Require(hot.Type.AgentType).AsTask());
            }
            catch (Exception error) when (error is InvalidInputException or UnknownSessionException)
            {
                // Such as one that has ended since: what is stored is sent again by a caller who did not get the answer.
                var own = episodes.Where(episode => episode.SessionId == session).Select(episode => episode.Id).ToArray();
                if (await UntilStopAsync(totals.CountStoredAsync(hot.Type.AgentType, own, CancellationToken.None)) < own.Length)
                {
                    throw;
                }

                episodes = [.. episodes.Where(episode => episode.SessionId != session)];
            }
        }

        if (episodes.Length > 0)
        {
            await UntilStopAsync(trajectories.WriteAsync(TrajectoryRecords.From(episodes, hot.Type, time.GetUtcNow())), InDoubt);
        }
    }
}
