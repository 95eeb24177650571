using QLearning.Bench.Comparisons.QTables;
using QLearning.Bench.Rivals;
using QLearning.Learning.QTables;
using StackExchange.Redis;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>What a Q-value takes in memory, at 1,000,000 of them.</summary>
internal sealed class Memory : IComparison
{
    private const int States = 200_000;
    private const int Chunk = 1000;

    public string Name => "memory";

    public string Description => "Memory of a Q-value at 1,000,000 Q-values with 5 actions a state, against the same data in Redis.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var redis = await surroundings.FindRedisAsync(cancellationToken);
        return new Contest(
            "bytes",
            new Contender("Q-table", (_, _) => Task.FromResult(MeasureTable())),
            redis is null ? [] : [new Contender("Redis", (_, _) => MeasureAsync(redis))],
            [Goal.AtMost("bytes", 100), Goal.Told("Redis")]);
    }

    private static Sample MeasureTable()
    {
        using var clock = new CoarseClock(TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = TableFill.Create(clock, States);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        return new Sample((after - before) / (double)table.QValueCount);
    }

    private static async Task<Sample> MeasureAsync(RespServer redis)
    {
        var database = redis.For(0);
        await database.ExecuteAsync("FLUSHALL");
        var before = await redis.UsedBytesAsync();
        for (var begin = 0; begin < States; begin += Chunk)
        {
            await Task.WhenAll(Enumerable.Range(begin, Chunk).Select(state => database.SortedSetAddAsync(
                $"q:{Workload.AgentType}:{TableFill.NameOf(state)}",
                [.. Enumerable.Range(0, Workload.Actions)
                    .Select(action => new SortedSetEntry($"action {action}", (state + action) % 97))])));
        }

        var after = await redis.UsedBytesAsync();
        await database.ExecuteAsync("FLUSHALL");
        return new Sample((after - before) / (double)(States * Workload.Actions));
    }
}
