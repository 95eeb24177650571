using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Learning.Exploration;

namespace QLearning.Cli.Demo;

/// <summary>One agent: asks the cluster what to do, does it in its made-up world, and reports what it earned.</summary>
internal sealed class DemoAgent(DemoAgentType type, AgentTypeInfo info, AgentTypeClient client, DemoProgress progress, int seed)
{
    private const int StepsPerEpisode = 10;

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stopping)
    {
        var decay = ExplorationDecay.Of(info);
        var explorationRate = info.ExplorationRate;
        while (!stopping.IsCancellationRequested)
        {
            await RunEpisodeAsync(explorationRate);
            explorationRate = decay.After(explorationRate);
        }
    }

    private async Task RunEpisodeAsync(double explorationRate)
    {
        var state = _random.Next(type.States.Length);
        for (var step = 1; step <= StepsPerEpisode; step++)
        {
            var selected = await client.SelectActionAsync(type.States[state].Key, type.Actions, explorationRate);
            var action = Array.FindIndex(type.Actions, candidate => candidate.Key == selected.Action.Key);
            var next = _random.Next(type.States.Length);
            await client.LearnAsync(new Transition
            {
                State = type.States[state],
                Action = type.Actions[action],
                Reward = type.Reward(state, action, _random),
                NextState = type.States[next],
                Done = step == StepsPerEpisode,
            });
            progress.Add(type.IsBest(state, action));
            state = next;
        }
    }
}
