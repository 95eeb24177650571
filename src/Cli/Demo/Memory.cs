using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Demo;

/// <summary>What a cluster answers for one agent type: the best action and the visits of each state.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Best">The best action of each state.</param>
/// <param name="Visits">The visit counts of each state's Q-values, by action key.</param>
internal sealed record Memory(string AgentType, IReadOnlyList<BestAction?> Best, IReadOnlyList<IReadOnlyDictionary<ActionKey, int>> Visits)
{
    public int Actions => Visits.Sum(state => state.Count);

    public long TotalVisits => Visits.Sum(state => state.Values.Sum(visits => (long)visits));

    public static async Task<Memory> AskAsync(IQLearningClient client, DemoAgentType type, CancellationToken cancellationToken)
    {
        var agents = client.AgentType(type.Name);
        StateKey[] states = [.. type.States.Select(state => state.Key)];
        var best = await agents.GetBestActionsAsync(states, cancellationToken);
        var values = await agents.GetQValuesAsync(states, cancellationToken);
        return new Memory(
            type.Name, best, [.. values.Select(state => state.ToDictionary(value => value.Action, value => value.VisitCount))]);
    }

    /// <summary>In how many states both know the same best action.</summary>
    public int SameBest(Memory other) => Best.Zip(other.Best).Count(pair => pair.First?.Key == pair.Second?.Key);

    /// <summary>How many visit counts are the same.</summary>
    public int SameVisits(Memory other) => Visits.Zip(other.Visits)
        .Sum(pair => pair.First.Count(visits => pair.Second.TryGetValue(visits.Key, out var theirs) && theirs == visits.Value));
}
