using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>One selection by the exploration policy per call.</summary>
internal sealed class SelectAction : IComparison
{
    private const string BestActionCall = "best action";

    public string Name => "select-action";

    public string Description => "Selection of an action by the exploration policy, one per call, against best action.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        return new Contest(
            "calls/s",
            surroundings.Callers.Contender(
                "client", (_, random) => type.SelectActionAsync(Workload.AnyKey(random), cancellationToken: CancellationToken.None)),
            [BestOf(surroundings.Callers, BestActionCall, type)],
            [Goal.Times(BestActionCall, 0.85), Goal.P99Told(BestActionCall)]);
    }

    /// <summary>One best action per call.</summary>
    public static Contender BestOf(Callers callers, string name, AgentTypeClient type) =>
        callers.Contender(name, (_, random) => type.GetBestActionAsync(Workload.AnyKey(random), CancellationToken.None));
}
