using System.Globalization;
using QLearning.Bench.Comparisons;
using StackExchange.Redis;

namespace QLearning.Bench.Rivals;

/// <summary>A Q-table in Redis: a sorted set for each state, with the actions by Q-value.</summary>
internal static class RedisTable
{
    /// <summary>Stores the Q-values that the agent type of the workload has too.</summary>
    public static Task FillAsync(IDatabase redis) => Task.WhenAll(
        from state in Enumerable.Range(0, Workload.States)
        from action in Enumerable.Range(0, Workload.Actions)
        select redis.SortedSetAddAsync(
            Key(Workload.Key(state).ToString()), string.Create(CultureInfo.InvariantCulture, $"action {action}"), action));

    /// <summary>Any state's key.</summary>
    public static RedisKey AnyKey(Random random) => Key(Workload.AnyName(random));

    private static RedisKey Key(string state) => $"q:{Workload.AgentType}:{state}";
}
