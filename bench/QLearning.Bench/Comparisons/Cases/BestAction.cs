using QLearning.Bench.Comparisons.Grains;
using QLearning.Bench.Rivals;
using StackExchange.Redis;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>One best action per call.</summary>
internal sealed class BestAction : IComparison
{
    /// <summary>The empty call with the messages of the real one: what is lost to their content.</summary>
    public const string SameMessages = "same messages";

    public string Name => "best-action";

    public string Description => "Best action, one per call, against the empty grain call, SQL, PgBouncer, Redis and Garnet.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var callers = surroundings.Callers;
        var empty = Empty(surroundings);
        var rivals = new List<Contender>
        {
            EmptyCall(surroundings),
            callers.Contender(SameMessages, (_, random) => empty.Answer(Workload.AnyKey(random)).AsTask()),
            Sql(callers, "SQL", new SqlCalls(surroundings.Sql)),
        };
        if (await surroundings.FindPgBouncerAsync(cancellationToken) is { } pgBouncer)
        {
            rivals.Add(Sql(callers, "PgBouncer", new SqlCalls(pgBouncer.Database)));
        }

        foreach (var server in await surroundings.StartRespServersAsync(cancellationToken))
        {
            await RedisTable.FillAsync(server.For(0));
            rivals.Add(callers.Contender(
                server.Name,
                (caller, random) =>
                    server.For(caller).SortedSetRangeByRankWithScoresAsync(RedisTable.AnyKey(random), 0, 0, Order.Descending)));
        }

        return new Contest(
            "calls/s",
            callers.Contender("client", (_, random) => type.GetBestActionAsync(Workload.AnyKey(random), CancellationToken.None)),
            rivals,
            [
                Goal.Told("empty call"), Goal.P99Told("empty call"), Goal.Times(SameMessages, 0.9), Goal.P99(SameMessages, 1.3),
                Goal.Times("SQL", 4), Goal.Told("PgBouncer"), Goal.Times("Redis", 1), Goal.Told("Garnet"),
            ]);
    }

    /// <summary>The grain that does nothing.</summary>
    public static IEmptyGrain Empty(Surroundings surroundings) => surroundings.Orleans.GetGrain<IEmptyGrain>("empty");

    /// <summary>The limit of the actor runtime.</summary>
    public static Contender EmptyCall(Surroundings surroundings)
    {
        var empty = Empty(surroundings);
        return surroundings.Callers.Contender("empty call", (_, _) => empty.Call().AsTask());
    }

    private static Contender Sql(Callers callers, string name, SqlCalls sql) =>
        callers.Contender(name, (_, random) => sql.AskAsync(Workload.AgentType, Workload.AnyName(random)));
}
