using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Bench.Comparisons.Grains;

/// <inheritdoc cref="IInsideCaller" />
internal sealed class InsideCaller : Grain, IInsideCaller
{
    public async ValueTask<int> Ask(string agentType, StateKey[] states, TimeSpan duration)
    {
        var type = GrainFactory.GetGrain<IAgentTypeGrain>(agentType);
        var began = Stopwatch.GetTimestamp();
        var answers = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            await type.GetBestAction(states[answers % states.Length]);
            answers++;
        }

        return answers;
    }

    public async ValueTask<long> AskMany(string owner, StateKey[] states, TimeSpan duration)
    {
        var grain = GrainFactory.GetGrain<IAgentTypeGrain>(owner);
        var began = Stopwatch.GetTimestamp();
        long answers = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            answers += (await grain.GetBestActions(states)).Length;
        }

        return answers;
    }
}
