using Microsoft.Extensions.DependencyInjection;

namespace QLearning.Silo.Tests.Fixtures;

/// <summary>What tests do with a silo that runs.</summary>
internal static class Silos
{
    public static IAgentTypeGrain AgentType(this QLearningSilo silo, string name) =>
        silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAgentTypeGrain>(name);

    public static Task<LearnResult> LearnAsync(this QLearningSilo silo, string type, string state, WriteMode mode = WriteMode.WriteBehind) =>
        silo.AgentType(type).Learn(
            new Transition { State = State.FromKey(state), Action = AgentAction.Named("a"), Reward = 1, Done = true }, mode).AsTask();

    public static async Task<int?> VisitsAsync(this QLearningSilo silo, string type, string state) =>
        (await silo.AgentType(type).GetBestAction(StateKey.Parse(state)))?.VisitCount;
}
