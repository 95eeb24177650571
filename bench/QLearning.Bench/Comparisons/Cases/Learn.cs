using QLearning.Abstractions;
using QLearning.Bench.Rivals;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>One write-behind update per call.</summary>
internal sealed class Learn : IComparison
{
    private static readonly Guid _client = Guid.NewGuid();

    public string Name => "learn";

    public string Description => "Learn, write-behind, one per call, against the empty grain call and the SQL upsert.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        var plain = surroundings.ClientWithoutResending.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var callers = surroundings.Callers;
        var empty = BestAction.Empty(surroundings);
        return new Contest(
            "updates/s",
            OnePerCall(callers, "client", type),
            [
                BestAction.EmptyCall(surroundings),
                callers.Contender(BestAction.SameMessages, (_, random) => empty.Take(Batch(random)).AsTask()),
                Upsert(callers, "SQL", new SqlCalls(surroundings.Sql)),
                OnePerCall(callers, "without resending", plain),
            ],
            [Goal.Told("empty call"), Goal.Times(BestAction.SameMessages, 0.9), Goal.Times("SQL", 8), Goal.Told("without resending")]);
    }

    /// <summary>One write-behind update per call.</summary>
    public static Contender OnePerCall(Callers callers, string name, AgentTypeClient type) => callers.Contender(
        name, (_, random) => type.LearnAsync(Workload.AnyTransition(random), WriteMode.WriteBehind, CancellationToken.None));

    /// <summary>The SQL upsert, row by row.</summary>
    public static Contender Upsert(Callers callers, string name, SqlCalls sql) => callers.Contender(
        name, (_, random) =>
            sql.UpsertAsync(Workload.AnyName(random), Workload.Action(random.Next(Workload.Actions)).Key.ToString(), random.NextDouble()));

    private static UpdateBatch Batch(Random random) => new()
    {
        ClientId = _client,
        SettledBelow = 1,
        Mode = WriteMode.WriteBehind,
        Groups = [new UpdateGroup { Number = 1, Transitions = [Workload.AnyTransition(random)] }],
    };
}
