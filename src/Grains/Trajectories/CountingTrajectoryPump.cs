using QLearning.Storage.Agents;
using QLearning.Storage.Trajectories;

namespace QLearning.Grains.Trajectories;

/// <summary>Counts the episodes that a pump has stored. One that was sent again is counted again.</summary>
/// <param name="pump">The pump.</param>
/// <param name="instruments">The metrics.</param>
internal sealed class CountingTrajectoryPump(ITrajectoryPump pump, EpisodeInstruments instruments) : ITrajectoryPump
{
    public TimeSpan OldestWait => pump.OldestWait;

    public bool IsRunning => pump.IsRunning;

    public async Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories)
    {
        await pump.WriteAsync(trajectories);
        foreach (var trajectory in trajectories)
        {
            instruments.Stored(trajectory);
        }
    }

    public async Task<AgentTotals?> WriteEpisodeAsync(TrajectoryRecord trajectory, AgentProgress agent)
    {
        var totals = await pump.WriteEpisodeAsync(trajectory, agent);
        instruments.Stored(trajectory);
        return totals;
    }
}
