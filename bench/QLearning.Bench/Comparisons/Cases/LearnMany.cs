using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>A hundred write-behind updates per call.</summary>
internal sealed class LearnMany : IComparison
{
    private const int Many = 100;

    public string Name => "learn-100";

    public string Description => "Learn, write-behind, 100 per call, against one per call.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        var plain = surroundings.ClientWithoutResending.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var callers = surroundings.Callers;
        return new Contest(
            "updates/s",
            ManyPerCall(callers, "client", type),
            [Learn.OnePerCall(callers, "one per call", type), ManyPerCall(callers, "without resending", plain)],
            [Goal.Times("one per call", 5), Goal.Times("without resending", 0.8), Goal.P99Told("without resending")]);
    }

    private static Contender ManyPerCall(Callers callers, string name, AgentTypeClient type) => callers.Contender(
        name, (_, random) => type.LearnAsync(Workload.AnyTransitions(random, Many), WriteMode.WriteBehind, CancellationToken.None), Many);
}
