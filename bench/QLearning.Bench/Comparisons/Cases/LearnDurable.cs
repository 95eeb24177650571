using QLearning.Abstractions;
using QLearning.Bench.Rivals;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>One durable update per call, by some callers or by many.</summary>
/// <param name="name">The name of the case.</param>
/// <param name="callers">How many callers; null: as many as the other cases have.</param>
/// <param name="goals">What must be reached.</param>
internal sealed class LearnDurable(string name, int? callers, IReadOnlyList<Goal> goals) : IComparison
{
    public string Name => name;

    public string Description => $"Learn, durable, one per call{(callers is { } many ? $", {many} callers" : "")}, against the SQL upsert.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var all = surroundings.Callers with { Count = callers ?? surroundings.Callers.Count };
        return new Contest(
            "updates/s",
            all.Contender(
                "client", (_, random) => type.LearnAsync(Workload.AnyTransition(random), WriteMode.Durable, CancellationToken.None)),
            [Learn.Upsert(all, "SQL", new SqlCalls(surroundings.Sql))],
            goals);
    }
}
