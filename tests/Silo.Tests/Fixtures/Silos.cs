using Microsoft.Extensions.DependencyInjection;

namespace QLearning.Silo.Tests.Fixtures;

/// <summary>What tests do with a silo that runs.</summary>
internal static class Silos
{
    /// <summary>
    /// For <see cref="SiloSettings.MissedProbes"/>: several silos in one process share its threads, and when they have none for seconds,
    /// one would be declared dead.
    /// </summary>
    public const int ManyProbes = 15;

    public static IAgentTypeGrain AgentType(this QLearningSilo silo, string name) =>
        silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAgentTypeGrain>(name);

    public static async Task<LearnResult> LearnAsync(
        this QLearningSilo silo, string type, string state, WriteMode mode = WriteMode.WriteBehind)
    {
        var transition = new Transition { State = State.FromKey(state), Action = AgentAction.Named("a"), Reward = 1, Done = true };
        var answer = await silo.AgentType(type).Apply(new UpdateBatch
        {
            ClientId = Guid.NewGuid(),
            SettledBelow = 1,
            Groups = [new UpdateGroup { Number = 1, Transitions = [transition] }],
            Mode = mode,
        });
        return answer switch
        {
            { Refusals: [var refused, ..] } => throw refused.Error,
            { NotDurable: { } reason } => throw new StorageUnavailableException(reason),
            _ => answer.Results![0],
        };
    }

    public static async Task<int?> VisitsAsync(this QLearningSilo silo, string type, string state) =>
        (await silo.AgentType(type).GetBestAction(StateKey.Parse(state)))?.VisitCount;
}
