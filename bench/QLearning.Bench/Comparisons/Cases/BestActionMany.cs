using QLearning.Bench.Rivals;
using StackExchange.Redis;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>A hundred best actions per call.</summary>
internal sealed class BestActionMany : IComparison
{
    private const int Many = 100;

    public string Name => "best-action-100";

    public string Description => "Best actions, 100 per call, against one per call, and Redis and Garnet with pipelining.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var callers = surroundings.Callers;
        var rivals = new List<Contender>
        {
            callers.Contender("one per call", (_, random) => type.GetBestActionAsync(Workload.AnyKey(random), CancellationToken.None)),
        };
        foreach (var server in await surroundings.StartRespServersAsync(cancellationToken))
        {
            await RedisTable.FillAsync(server.For(0));
            rivals.Add(callers.Contender($"{server.Name}, pipelined", (caller, random) => AskAsync(server.For(caller), random), Many));
        }

        return new Contest(
            "best actions/s",
            callers.Contender(
                "client",
                (_, random) =>
                    type.GetBestActionsAsync(Enumerable.Range(0, Many).Select(_ => Workload.AnyKey(random)), CancellationToken.None),
                Many),
            rivals,
            [Goal.Times("one per call", 10), Goal.Times("Redis, pipelined", 1), Goal.Told("Garnet, pipelined")]);
    }

    private static Task<SortedSetEntry[][]> AskAsync(IDatabase redis, Random random)
    {
        var batch = redis.CreateBatch();
        var answers = Enumerable.Range(0, Many)
            .Select(_ => batch.SortedSetRangeByRankWithScoresAsync(RedisTable.AnyKey(random), 0, 0, Order.Descending))
            .ToArray();
        batch.Execute();
        return Task.WhenAll(answers);
    }
}
