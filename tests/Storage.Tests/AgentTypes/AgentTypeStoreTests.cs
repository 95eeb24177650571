using QLearning.Storage.AgentTypes;

namespace QLearning.Storage.Tests.AgentTypes;

/// <summary>The agent types as the table has them.</summary>
public sealed class AgentTypeStoreTests : DatabaseTest
{
    private AgentTypeStore Store => new(Database.DataSource);

    [Fact]
    public async Task All_types_are_listed_by_name()
    {
        var types = await Store.ListAsync(CancellationToken.None);
        Assert.Equal(18, types.Length);
        Assert.Equal(types.Select(type => type.AgentType).Order(StringComparer.Ordinal), types.Select(type => type.AgentType));
        Assert.All(types, type => Assert.Equal(new AgentTypeSettings(), type.Settings));
    }

    [Fact]
    public async Task A_type_has_the_values_of_its_row()
    {
        await Database.ExecuteInAsync("""
            insert into agent_types (agent_type, display_name, learning_rate, discount_factor, exploration_rate, min_exploration_rate,
                                     exploration_decay, is_active, metadata)
            values ('mine', 'My Own', 0.3, 0.8, 0.7, 0.05, 0.99, false, '{"ttlDays": 7, "learningRule": "sarsa"}')
            """);
        Assert.Equal(
            new AgentTypeInfo
            {
                AgentType = "mine",
                DisplayName = "My Own",
                LearningRate = 0.3,
                DiscountFactor = 0.8,
                ExplorationRate = 0.7,
                MinExplorationRate = 0.05,
                ExplorationDecay = 0.99,
                IsActive = false,
                Settings = new AgentTypeSettings { TtlDays = 7, LearningRule = LearningRule.Sarsa },
            },
            await Store.GetAsync("mine", CancellationToken.None));
    }

    [Fact]
    public async Task A_type_without_metadata_has_the_default_settings()
    {
        await Database.ExecuteInAsync("update agent_types set metadata = null where agent_type = 'quality-gate'");
        Assert.Equal(new AgentTypeSettings(), (await Store.GetAsync(Gate, CancellationToken.None)).Settings);
    }

    [Fact]
    public async Task A_type_that_is_not_registered_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<UnknownAgentTypeException>(() => Store.GetAsync("unknown", CancellationToken.None));
        Assert.Contains("'unknown'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_with_a_wrong_setting_is_refused()
    {
        await Database.ExecuteInAsync("""update agent_types set metadata = '{"ttlDays": 0}' where agent_type = 'quality-gate'""");
        await Assert.ThrowsAsync<InvalidInputException>(() => Store.GetAsync(Gate, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        var store = new AgentTypeStore(nowhere);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ListAsync(CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.GetAsync(Gate, CancellationToken.None));
    }
}
