using QLearning.Abstractions;
using QLearning.Bench.Rivals;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>Episodes of 10 steps with their rewards, durable before they are acknowledged.</summary>
internal sealed class Trajectories : IComparison
{
    /// <summary>How many steps an episode has.</summary>
    public const int Steps = 10;

    public string Name => "trajectory";

    public string Description =>
        "A trajectory of 10 steps with its rewards, durable, one per call, against the same rows inserted one by one.";

    public Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        var sql = new SqlTrajectories(surroundings.Sql);
        var callers = surroundings.Callers;
        return Task.FromResult(new Contest(
            "trajectories/s",
            OnePerCall(callers, "client", type),
            [
                callers.Contender("SQL", (_, _) => sql.StoreAsync(isOneTransaction: false)),
                callers.Contender("SQL, one transaction", (_, _) => sql.StoreAsync(isOneTransaction: true)),
            ],
            [Goal.Times("SQL", 5), Goal.Told("SQL, one transaction"), Goal.AtLeast("trajectories/s", 3000)]));
    }

    /// <summary>One trajectory per call.</summary>
    public static Contender OnePerCall(Callers callers, string name, AgentTypeClient type) => callers.Contender(
        name, (_, random) => type.RecordTrajectoriesAsync([Any(random)], CancellationToken.None));

    private static Trajectory Any(Random random) => new()
    {
        TaskId = "task",
        Steps = [.. Enumerable.Range(0, Steps).Select(_ => new TrajectoryStep(
            new State(Workload.AnyKey(random)), Workload.Action(random.Next(Workload.Actions)), random.NextDouble()))],
        FinalState = State.FromKey("end"),
        Success = true,
        StartedAt = TimeProvider.System.GetUtcNow(),
    };
}
