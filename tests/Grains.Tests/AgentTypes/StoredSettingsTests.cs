using Orleans.Core.Internal;

namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Settings that SQL writes and learning cannot use harm nothing but their own type, and there the old ones stay.</summary>
[Collection(SharedSilo.Name)]
public sealed class StoredSettingsTests(SiloFixture silo)
{
    public static TheoryData<string> Unusable =>
    [
        """metadata = '{"partitions": 0}'""",
        """metadata = '{"partitions": 100}'""",
        """metadata = '{"ttlDays": 60.5}'""",
        "metadata = '[]'",
        "learning_rate = 0",
        "exploration_rate = 3",
        "min_exploration_rate = 0.9",
        "exploration_decay = 2",
        "exploration_decay = 'NaN'",
        "exploration_rate = 1e400",
        "discount_factor = -1e400",
        "learning_rate = 1e-400",
        "learning_rate = 0.00005",
        """metadata = '{"explorationPolicy": "greedy, softmax"}'""",
    ];

    private IRegistryGrain Registry => silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key);

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Agents_go_on_with_the_settings_from_before_and_all_types_are_listed(string set)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(10);
        await SetAsync(type, set);
        // Of the others some were spoilt by other tests.
        Assert.NotNull(Assert.Single(await Registry.GetAgentTypes(), listed => listed.AgentType == type.Name).SettingsError);
        Assert.NotNull((await Registry.GetAgentType(type.Name)).SettingsError);
        // A later write by SQL is taken over, so the settings were seen before it.
        await type.StoreAsync("t", "a", 7);
        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("t")) is not null, "the write to be seen");
        Assert.Equal(0.2 * 0.995 * 0.995, (await agent.PlayAsync(10)).Agent.ExplorationRate, 9);
        Assert.Equal(1.9, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
        await SetAsync(
            type,
            "learning_rate = 1, discount_factor = 0.95, exploration_rate = 0.2, min_exploration_rate = 0.01, exploration_decay = 0.5, "
            + "metadata = null");
        await type.StoreAsync("u", "a", 7);
        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("u")) is not null, "the repair to be seen");
        await Eventually.Holds(async () => (await agent.PlayAsync(10)).Agent.ExplorationRate < 0.15, "the repaired decay");
    }

    [Fact]
    public async Task A_grain_that_starts_with_them_says_what_is_wrong_until_it_is_mended()
    {
        var type = await silo.AddAgentTypeAsync();
        await SetAsync(type, """metadata = '{"partitions": 100}'""");
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.GetStatistics());
        Assert.StartsWith(
            $"The agent type '{type.Name}' has a setting that is not allowed: partitions is 100. ",
            error.Message,
            StringComparison.Ordinal);
        await SetAsync(type, """metadata = '{"partitions": 1}'""");
        Assert.Equal(0, (await type.Grain.GetStatistics()).States);
    }

    [Fact]
    public async Task A_number_of_partitions_that_is_written_as_text_is_that_number()
    {
        var type = await silo.AddAgentTypeAsync();
        await SetAsync(type, """metadata = '{"partitions": "2"}'""");
        foreach (var partition in (string[])[type.Name, $"{type.Name}#1"])
        {
            Assert.Equal(2, (await silo.Grains.GetGrain<IAgentTypeGrain>(partition).GetDurability()).Partitions);
        }
    }

    [Theory]
    [InlineData("current_exploration_rate = 9", 1 * 0.995)]
    [InlineData("current_exploration_rate = 'NaN'", 0.01)]
    [InlineData("current_exploration_rate = -3", 0.01)]
    [InlineData("current_exploration_rate = 1e400", 1 * 0.995)]
    [InlineData("current_exploration_rate = -1e400", 0.01)]
    [InlineData("current_learning_rate = 1e400", 0.2 * 0.995)]
    [InlineData("current_learning_rate = 1e-400", 0.2 * 0.995)]
    [InlineData("current_learning_rate = 0.00005", 0.2 * 0.995)]
    [InlineData("metadata = '{\"explorationDecay\": 2}'", 0.2 * 0.995)]
    [InlineData("metadata = '{\"explorationDecay\": \"fast\", \"minExplorationRate\": 5, \"learningRate\": 0}'", 0.2 * 0.995)]
    [InlineData("metadata = '{\"sessionId\": 7, \"error\": {}}'", 0.2 * 0.995)]
    [InlineData("metadata = '7'", 0.2 * 0.995)]
    public async Task An_agent_whose_row_cannot_be_used_goes_on_with_the_nearest_that_can(string set, double next)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await silo.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('{type.Name}', '{agent.Key.Instance}', 0.2, 0.1);
            update agent_states set {set} where agent_type = '{type.Name}';
            """);
        Assert.NotNull((await agent.Grain.Get()).SettingsError);
        Assert.Equal(next, (await agent.PlayAsync(10)).Agent.ExplorationRate, 9);
        Assert.Equal(1, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
    }

    [Theory]
    [InlineData("current_exploration_rate = 1e400")]
    [InlineData("current_learning_rate = -1e400")]
    [InlineData("current_learning_rate = 1e-400")]
    public async Task An_agent_whose_rate_is_beyond_double_is_listed_with_the_reason_among_the_others(string set)
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            select '{type.Name}', 'agent-' || n, 0.2, 0.1 from generate_series(1, 3) n;
            update agent_states set {set} where agent_type = '{type.Name}' and agent_instance_id = 'agent-2';
            """);
        var page = await silo.Client.AgentType(type.Name).GetAgentsAsync(new AgentQuery { AgentType = type.Name });
        Assert.Equal([null, "agent-2", null], page.Agents.Select(agent => agent.SettingsError is null ? null : agent.Instance));
        Assert.All(page.Agents, agent => Assert.True(double.IsFinite(agent.ExplorationRate) && double.IsFinite(agent.LearningRate)));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(2_000)]
    public async Task Metadata_of_another_program_may_be_nested_deep(int depth)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(10);
        var doc = $$"""'{"doc": {{new string('[', depth)}}{{new string(']', depth)}}}'""";
        await SetAsync(type, $"metadata = metadata || {doc}, learning_rate = 1");
        await silo.Database.ExecuteInAsync($"""
            update agent_states set metadata = coalesce(metadata, {doc}) || {doc}, current_exploration_rate = 0.8
            where agent_type = '{type.Name}'
            """);
        Assert.Null(Assert.Single(await Registry.GetAgentTypes(), listed => listed.AgentType == type.Name).SettingsError);
        await Eventually.Holds(async () => (await agent.Grain.Get()).ExplorationRate == 0.8, "the write to be seen");
        var played = (await agent.PlayAsync(10)).Agent;
        Assert.Equal((0.8 * 0.995, null), (played.ExplorationRate, played.SettingsError));
        var tries = 0;
        await Eventually.Holds(
            async () => (await type.Grain.Learn(Given.Last($"t{tries++}", "a", 10), WriteMode.WriteBehind)).QValue == 10,
            "the rate that was written beside it to be seen");
    }

    [Fact]
    public async Task An_agent_that_is_restarted_after_every_episode_explores_less_each_time()
    {
        var type = await silo.AddAgentTypeAsync();
        await SetAsync(type, "exploration_decay = 0.9999");
        var agent = silo.Agent(type);
        for (var episode = 0; episode < 4; episode++)
        {
            await agent.PlayAsync(1);
            await agent.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        }

        Assert.Equal(0.2 * Math.Pow(0.9999, 4), (await agent.Grain.Get()).ExplorationRate, 12);
    }

    [Fact]
    public async Task Expected_Sarsa_learns_the_policy_that_the_agent_follows()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "expectedSarsa"}""");
        await SetAsync(type, "learning_rate = 1, exploration_rate = 1");
        await type.Grain.UpsertMany([Given.Value("t", "bad", 0), Given.Value("t", "good", 100)], WriteMode.WriteBehind);
        foreach (var (rate, right) in ((double?, double)[])[(null, 47.5), (0, 95), (0.5, 71.25)])
        {
            var agent = silo.Agent(type, $"agent-{right}");
            await agent.Grain.Register(new AgentRegistration { ExplorationRate = rate });
            await agent.ActAsync("s", $"a{right}");
            Assert.Equal(right, (await agent.EarnAsync(0, "t")).Learned!.Value.QValue, 9);
        }
    }

    [Fact]
    public async Task A_changed_time_to_live_counts_for_what_is_learned_from_then_on()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("old", "a", 1), WriteMode.Durable);
        await SetAsync(type, """metadata = '{"ttlDays": "5"}'""");
        await type.StoreAsync("sql", "a", 7);
        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("sql")) is not null, "the change to be seen");
        await type.Grain.Learn(Given.Last("old", "a", 1), WriteMode.Durable);
        await type.Grain.Learn(Given.Last("new", "a", 1), WriteMode.Durable);
        Assert.Equal("new 5, old 30, sql 5", await LivesAsync(type));
        await silo.Database.ExecuteInAsync($"""
            update q_values set expires_at = last_updated + q_value_ttl(agent_type)
            where agent_type = '{type.Name}' and expires_at > last_updated + q_value_ttl(agent_type)
            """);
        await type.StoreAsync("sql", "a", 8);
        await Eventually.Holds(async () => (await type.Grain.GetBestAction(Given.State("sql")))!.QValue == 8, "the update to be seen");
        await type.Grain.Learn(Given.Last("old", "a", 1), WriteMode.Durable);
        Assert.Equal("new 5, old 5, sql 5", await LivesAsync(type));
    }

    private Task<string> LivesAsync(TestAgentType type) => silo.Database.QueryAsync<string>($"""
        select string_agg(state_hash || ' ' || round(extract(epoch from expires_at - now()) / 86400), ', ' order by state_hash)
        from q_values where agent_type = '{type.Name}'
        """);

    private Task<int> SetAsync(TestAgentType type, string set) =>
        silo.Database.ExecuteInAsync($"update agent_types set {set} where agent_type = '{type.Name}'");
}
