using QLearning.Cluster.Tests.Fixtures;

namespace QLearning.Cluster.Tests;

/// <summary>A change of an agent type's settings holds in every silo.</summary>
public sealed class SharedSettingsTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_changed_learning_rate_holds_for_grains_of_both_silos(int changer)
    {
        string[] types = [await cluster.TypeOnAsync(0), await cluster.TypeOnAsync(1)];
        var registry = cluster.GrainsOf(changer).GetGrain<IRegistryGrain>(IRegistryGrain.Key);
        var rate = changer == 0 ? 0.5 : 1;
        foreach (var type in types)
        {
            await registry.Change(await registry.GetAgentType(type) with { LearningRate = rate });
        }

        foreach (var type in types)
        {
            var attempt = 0;
            await Eventually.Holds(
                async () => (await LearnAsync(type, $"state {changer} {attempt++}")).QValue == 10 * rate, $"the rate {rate} in {type}");
        }
    }

    [Fact]
    public async Task A_deactivated_type_refuses_wherever_its_grain_is()
    {
        foreach (var silo in new[] { 0, 1 })
        {
            var type = await cluster.TypeOnAsync(silo);
            var registry = cluster.GrainsOf(1 - silo).GetGrain<IRegistryGrain>(IRegistryGrain.Key);
            await registry.SetActive(type, false);
            await Eventually.Holds(
                async () => await Record.ExceptionAsync(() => LearnAsync(type, "s")) is InvalidInputException, $"{type} to refuse");
            await registry.SetActive(type, true);
            await Eventually.Holds(
                async () => await Record.ExceptionAsync(() => LearnAsync(type, "s")) is null, $"{type} to learn again");
        }
    }

    private async Task<LearnResult> LearnAsync(string type, string state)
    {
        var transition = new Transition { State = State.FromKey(state), Action = AgentAction.Named("a"), Reward = 10, Done = true };
        var result = await cluster.GrainsOf(0).GetGrain<IAgentTypeGrain>(type).Apply(new UpdateBatch
        {
            ClientId = Guid.NewGuid(),
            SettledBelow = 1,
            Groups = [new UpdateGroup { Number = 1, Transitions = [transition] }],
            Mode = WriteMode.WriteBehind,
        });
        return result.Refusals is [var refusal] ? throw refusal.Error : result.Results![0];
    }
}
