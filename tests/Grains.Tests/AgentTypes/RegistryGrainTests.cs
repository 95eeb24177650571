namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>The list of agent types is what the table holds, and asking for one that is not there says so.</summary>
[Collection(SharedSilo.Name)]
public sealed class RegistryGrainTests(SiloFixture silo)
{
    private IRegistryGrain Registry => silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key);

    [Fact]
    public async Task The_18_agent_types_of_the_schema_are_listed_by_name()
    {
        var names = (await Registry.GetAgentTypes()).Select(type => type.AgentType)
            .Where(name => !name.StartsWith("tested-", StringComparison.Ordinal));
        Assert.Equal(
            [
                "api-contract-validator", "chaos-engineer", "code-complexity", "coverage-analyzer", "deployment-readiness",
                "flaky-test-hunter", "fleet-commander", "performance-tester", "production-intelligence", "quality-analyzer", "quality-gate",
                "regression-risk-analyzer", "requirements-validator", "security-scanner", "test-data-architect", "test-executor",
                "test-generator", "visual-tester",
            ],
            names);
    }

    [Fact]
    public async Task An_agent_type_has_the_default_hyperparameters()
    {
        var type = await Registry.GetAgentType("test-generator");
        Assert.Equal("Test Generator", type.DisplayName);
        Assert.Equal((0.1, 0.95), (type.LearningRate, type.DiscountFactor));
        Assert.Equal((0.2, 0.01, 0.995), (type.ExplorationRate, type.MinExplorationRate, type.ExplorationDecay));
        Assert.True(type.IsActive);
        Assert.Equal(new AgentTypeSettings(), type.Settings);
    }

    [Fact]
    public async Task Settings_come_from_the_metadata()
    {
        var added = await silo.AddAgentTypeAsync(
            """
            {"learningRule": "expectedSarsa", "explorationPolicy": "softmax", "temperature": 0.5, "writeMode": "durable", "owner": "team-7"}
            """);
        var type = await Registry.GetAgentType(added.Name);
        Assert.Equal(
            (LearningRule.ExpectedSarsa, ExplorationPolicy.Softmax), (type.Settings.LearningRule, type.Settings.ExplorationPolicy));
        Assert.Equal((0.5, WriteMode.Durable), (type.Settings.Temperature, type.Settings.WriteMode));
    }

    [Fact]
    public async Task An_agent_type_added_by_SQL_is_known_at_once()
    {
        await Registry.GetAgentTypes();
        var added = await silo.AddAgentTypeAsync();
        Assert.Contains(added.Name, (await Registry.GetAgentTypes()).Select(type => type.AgentType));
    }

    [Fact]
    public async Task An_unregistered_agent_type_is_unknown()
    {
        var error = await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await Registry.GetAgentType("no-such-type"));
        Assert.Contains("'no-such-type' is not registered", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("test-generator#1")]
    public async Task A_malformed_name_is_refused(string name) =>
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Registry.GetAgentType(name));
}
