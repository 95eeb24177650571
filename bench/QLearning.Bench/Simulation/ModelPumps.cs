using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Agents;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Bench.Simulation;

/// <summary>The flush pump of a silo: one lane.</summary>
internal sealed class ModelFlushPump(WriteLane<QTableBatch, FlushOutcome> lane) : IFlushPump
{
    public TimeSpan OldestWait => lane.OldestWait;

    public bool IsRunning => true;

    public Task<FlushOutcome> WriteAsync(QTableBatch batch) => lane.WriteAsync(batch);
}

/// <summary>Stores the trajectories of a silo; like its lane it tries again until the store has them.</summary>
internal sealed class ModelTrajectoryPump(SimWorld world, TimeProvider time) : ITrajectoryPump
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    public TimeSpan OldestWait => TimeSpan.Zero;

    public bool IsRunning => true;

    public Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories) => throw new NotSupportedException();

    public async Task<AgentTotals?> WriteEpisodeAsync(TrajectoryRecord trajectory, AgentProgress agent)
    {
        while (true)
        {
            try
            {
                return await world.Store.RunAsync("store trajectory", () => Write(trajectory, agent));
            }
            catch (NpgsqlException)
            {
                await Task.Delay(_pause, time);
            }
        }
    }

    private AgentTotals? Write(TrajectoryRecord trajectory, AgentProgress agent)
    {
        var tables = world.Store.Tables;
        if (tables.Type is null)
        {
            throw UnknownAgentTypeException.For(agent.Agent.AgentType);
        }

        tables.Trajectories.TryAdd(trajectory.Id, trajectory.Rewards.Count);
        foreach (var step in trajectory.Rewards)
        {
            world.Ledger.CheckStored(trajectory.Id, StateKey.Parse(step.StateHash), ActionKey.Parse(step.ActionHash));
        }

        return tables.Agents.Contains(agent.Agent.ToString()) ? new AgentTotals(1, 1, 0, 0, 0, 0) : null;
    }
}
