using QLearning.Abstractions;
using QLearning.Cli.Replay;
using QLearning.Client;

namespace QLearning.Cli.Ranking;

/// <summary>Q-values that a cluster has learned, from replays and from runs that were reported to it.</summary>
internal sealed class ClusterTestValues(AgentTypeClient client, double learningRate) : ITestValues
{
    public double LearningRate => learningRate;

    /// <summary>The values of a cluster.</summary>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered there.</exception>
    public static async Task<ClusterTestValues> OfAsync(IQLearningClient client, CancellationToken cancellationToken) => new(
        client.AgentType(ReplayAgent.AgentType),
        (await client.AgentTypes.GetAsync(ReplayAgent.AgentType, cancellationToken)).LearningRate);

    /// <summary>Does nothing: the cluster was told by whoever reported the run.</summary>
    public void Learn(IReadOnlyList<State> views, bool failed)
    {
    }

    public async Task<IReadOnlyDictionary<StateKey, QValue?>> ReadAsync(
        IReadOnlyCollection<StateKey> states, CancellationToken cancellationToken)
    {
        var known = new Dictionary<StateKey, QValue?>();
        foreach (var part in states.Chunk(QLimits.MaxBatch))
        {
            var values = await client.GetQValuesAsync(part, cancellationToken);
            for (var i = 0; i < part.Length; i++)
            {
                known[part[i]] = values[i].Select(value => (QValue?)value)
                    .FirstOrDefault(value => value!.Value.Action == ReplayAgent.Run.Key);
            }
        }

        return known;
    }
}
