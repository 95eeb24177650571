namespace QLearning.Grains.Tests.Agents;

/// <summary>Many agents of many types at the same time.</summary>
public sealed class FleetTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int Episodes = 25;
    private const int Steps = 8;

    [Fact]
    public async Task Eighteen_agents_of_eighteen_types_learn_at_once_and_every_visit_is_counted()
    {
        var types = await silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key).GetAgentTypes();
        Assert.Equal(18, types.Length);
        await Task.WhenAll(types.Select((type, seed) => PlayAsync(silo.Agent(silo.AgentType(type.AgentType)), seed)));
        var wrong = await silo.Database.QueryAsync<string>($"""
            select coalesce(string_agg(agent_type, ','), 'none') from agent_types
            left join (select agent_type, sum(visit_count) as visits from q_values group by 1) q using (agent_type)
            left join (select agent_type, count(*) as rewards from rewards group by 1) r using (agent_type)
            left join (select agent_type, count(*) as trajectories, sum(total_reward) as reward from trajectories group by 1) t
                using (agent_type)
            left join agent_states a using (agent_type)
            where (visits, rewards, trajectories, a.total_tasks, a.total_reward)
                is distinct from ({Episodes * Steps}, {Episodes * Steps}, {Episodes}, {Episodes}, t.reward)
            """);
        Assert.Equal("none", wrong);
    }

    private static async Task PlayAsync(TestAgent agent, int seed)
    {
        var random = new Random(seed);
        for (var episode = 0; episode < Episodes; episode++)
        {
            for (var step = 0; step < Steps; step++)
            {
                await agent.ActAsync($"s{random.Next(10)}", "a", "b", "c");
                await agent.EarnAsync(random.Next(-10, 10), $"s{random.Next(10)}", done: step == Steps - 1);
            }
        }
    }
}
