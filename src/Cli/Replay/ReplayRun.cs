using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Cli.Replay;

/// <summary>Plays a CI history once: each cycle in the order the cluster has learned, and beside it in a random order.</summary>
internal sealed class ReplayRun(IQLearningClient client, IReadOnlyList<CiCycle> cycles, string history, TimeProvider time)
{
    public async Task<ReplayRunResult> RunAsync(int seed, Action<int> onCycle, CancellationToken cancellationToken)
    {
        var agents = client.AgentType(ReplayAgent.AgentType);
        var info = (await client.GetAgentTypesAsync(cancellationToken)).SingleOrDefault(type => type.AgentType == ReplayAgent.AgentType)
            ?? throw new UnknownAgentTypeException(
                $"The agent type '{ReplayAgent.AgentType}', which replays learn with, has no row in agent_types. "
                + "Allowed: a database in which it is registered; 'qlearn db migrate' registers the usual types in a new one.");
        var before = await agents.GetStatisticsAsync(cancellationToken);
        var agent = new ReplayAgent(agents, info.LearningRate, history, seed, time);
        var random = new Random(seed);
        var learned = new List<CycleOutcome>(cycles.Count);
        var shuffled = new List<CycleOutcome>(cycles.Count);
        foreach (var cycle in cycles)
        {
            learned.Add(await agent.PlayAsync(cycle, cancellationToken));
            var order = Enumerable.Range(0, cycle.Tests.Count).ToArray();
            random.Shuffle(order);
            shuffled.Add(cycle.Run(order));
            onCycle(learned.Count);
        }

        await agents.FlushAsync(cancellationToken);
        return new ReplayRunResult(
            seed,
            CycleMean.Of(learned, cycle => cycle.Napfd),
            CycleMean.Of(shuffled, cycle => cycle.Napfd),
            FailureCount.Of(learned),
            FailureCount.Of(shuffled),
            learned.Sum(cycle => cycle.Executed.Count),
            before.Visits,
            [.. cycles.Select((cycle, i) => new CurvePoint(cycle.Name, learned[i].Napfd, shuffled[i].Napfd, learned[i].Failures > 0))]);
    }
}
