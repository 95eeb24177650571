namespace QLearning.Grains.Tests.QTables;

/// <summary>However many agents learn at once, every update counts once.</summary>
public sealed class AgentTypeGrainConcurrencyTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int AgentsOfAType = 3;
    private const int Rounds = 25;

    [Fact]
    public async Task Agents_of_18_types_at_once_leave_exact_visit_counts()
    {
        var types = await silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key).GetAgentTypes();
        var names = types.Select(type => type.AgentType).ToList();
        Assert.Equal(18, names.Count);
        await Task.WhenAll(
            names.SelectMany(name => Enumerable.Range(0, AgentsOfAType).Select(agent => RunAgentAsync(silo.AgentType(name), agent))));
        foreach (var type in names.Select(silo.AgentType))
        {
            await type.Grain.Flush();
            var rows = await type.RowsAsync();
            Assert.Equal(AgentsOfAType * Rounds * 4, rows.Sum(row => row.Visits));
            Assert.Equal(AgentsOfAType * Rounds * 2, rows.Single(row => (row.State, row.Action) == ("shared", "hit")).Visits);
            Assert.Equal(rows.Sum(row => row.Visits), (await type.Grain.GetStatistics()).Visits);
        }
    }

    // Four updates a round: two of a Q-value that all agents share, one of the agent's own, one of a state for each round.
    private static async Task RunAgentAsync(TestAgentType type, int agent)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var mode = (round + agent) % 2 == 0 ? WriteMode.Durable : WriteMode.WriteBehind;
            await type.Grain.Learn(Given.Step("shared", "hit", 1, $"r{round}"), mode);
            await type.Grain.LearnMany([Given.Last("shared", "hit", 1), Given.Last("shared", $"own{agent}", 1)], WriteMode.WriteBehind);
            await type.Grain.Upsert(Given.Value($"r{round}", $"a{agent % 2}", round), mode);
            await type.Grain.GetBestActions([Given.State("shared"), Given.State($"r{round}")]);
        }
    }
}
