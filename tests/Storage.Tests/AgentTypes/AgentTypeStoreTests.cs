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

    /// <summary>What SQL can store and learning cannot use; the words that the error must have.</summary>
    public static TheoryData<string, string> Unusable => new()
    {
        { "metadata = '{\"partitions\": 0}'", "partitions is 0. Allowed: " },
        { "metadata = '{\"partitions\": 100}'", "partitions is 100. Allowed: " },
        { "metadata = '{\"ttlDays\": 60.5}'", "ttlDays is 60.5. Allowed: " },
        { "metadata = '[1]'", "metadata is [1]. Allowed: an object" },
        { "metadata = '{\"explorationPolicy\": \"greedy, softmax\"}'", "explorationPolicy is \"greedy, softmax\". Allowed: " },
        { $"metadata = '{{\"ttlDays\": {Nested(2_000)}}}'", "ttlDays is [[[" },
        { "learning_rate = 0", "learning_rate is 0. Allowed: 0.0001 to 1" },
        { "learning_rate = 0.00005", "learning_rate is 5E-05. Allowed: 0.0001 to 1" },
        { "learning_rate = 1e-400", "learning_rate is 0. Allowed: 0.0001 to 1" },
        { "learning_rate = 1e400", "learning_rate is Infinity. " },
        { "discount_factor = -1e400", "discount_factor is -Infinity. " },
        { "exploration_rate = 1e400", "exploration_rate is Infinity. " },
        { "min_exploration_rate = 1e400", "min_exploration_rate is Infinity. " },
        { "exploration_decay = -1e400", "exploration_decay is -Infinity. " },
        { "learning_rate = 'NaN'", "learning_rate is NaN. " },
        { "discount_factor = 1.5", "discount_factor is 1.5. Allowed: 0 to 1" },
        { "exploration_rate = 3", "exploration_rate is 3. Allowed: 0 to 1" },
        { "exploration_rate = 'Infinity'", "exploration_rate is Infinity. " },
        { "min_exploration_rate = -1", "min_exploration_rate is -1. " },
        { "min_exploration_rate = 0.5", "min_exploration_rate is 0.5. Allowed: 0 to exploration_rate (0.2)" },
        { "exploration_decay = 2", "exploration_decay is 2. Allowed: 0 to 1" },
    };

    [Fact]
    public async Task A_rate_too_small_for_a_double_is_0_where_0_is_allowed()
    {
        await Database.ExecuteInAsync("""
            update agent_types set discount_factor = 1e-400, exploration_rate = 1e-400, min_exploration_rate = -1e-400,
                                   exploration_decay = 1e-400
            where agent_type = 'quality-gate'
            """);
        var type = await Store.GetAsync(Gate, CancellationToken.None);
        Assert.Equal(
            (0, 0, 0, 0), (type.DiscountFactor, type.ExplorationRate, type.MinExplorationRate, type.ExplorationDecay));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(2_000)]
    public async Task Metadata_of_another_program_may_be_nested_as_deep_as_PostgreSQL_takes(int depth)
    {
        await Database.ExecuteInAsync($$"""
            update agent_types set metadata = metadata || '{"doc": {{Nested(depth)}}, "ttlDays": 7}' where agent_type = 'quality-gate'
            """);
        Assert.All(await Store.ListAsync(CancellationToken.None), type => Assert.Null(type.SettingsError));
        Assert.Equal(7, (await Store.GetAsync(Gate, CancellationToken.None)).Settings.TtlDays);
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_type_that_cannot_be_used_is_listed_with_the_reason_and_refused_for_learning(string set, string words)
    {
        await Database.ExecuteInAsync($"update agent_types set {set} where agent_type = 'quality-gate'");
        var types = await Store.ListAsync(CancellationToken.None);
        Assert.Equal((18, 17), (types.Length, types.Count(type => type.SettingsError is null)));
        var listed = Assert.Single(types, type => type.SettingsError is not null);
        Assert.Equal(Gate, listed.AgentType);
        Assert.StartsWith(words, listed.SettingsError, StringComparison.Ordinal);
        Assert.Equal(listed, await Store.FindAsync(Gate, CancellationToken.None));
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Store.GetAsync(Gate, CancellationToken.None));
        Assert.Equal($"The agent type 'quality-gate' has a setting that is not allowed: {listed.SettingsError}", error.Message);
    }

    [Theory]
    [InlineData(0.00015)]
    [InlineData(0.123456789012345)]
    [InlineData(1)]
    [InlineData(0.0001)]
    public async Task Rates_keep_their_digits(double rate)
    {
        var type = new AgentTypeInfo
        {
            AgentType = "digits",
            DisplayName = "Digits",
            LearningRate = rate,
            DiscountFactor = rate,
            ExplorationRate = rate,
            MinExplorationRate = rate,
            ExplorationDecay = rate,
        };
        Assert.Equal(type, await Store.AddAsync(type, CancellationToken.None));
        Assert.Equal(type, await Store.ChangeAsync(type, CancellationToken.None));
        Assert.Equal(type, await Store.GetAsync("digits", CancellationToken.None));
    }

    [Theory]
    [InlineData("60", 60, 1)]
    [InlineData("\"60\"", 60, 60)]
    [InlineData("7.0", 7, 7)]
    [InlineData("\"7.0\"", 7, 7)]
    [InlineData("7.5", 30, 1)]
    [InlineData("\"7 \"", 30, 1)]
    [InlineData("0", 30, 1)]
    [InlineData("100000", 30, 1)]
    [InlineData("99999999999999999999", 30, 1)]
    [InlineData("null", 30, 1)]
    [InlineData("true", 30, 1)]
    [InlineData("[7]", 30, 1)]
    public async Task Grains_and_sql_functions_read_a_number_alike(string value, int days, int partitions)
    {
        await Database.ExecuteInAsync(
            $$"""
            update agent_types set metadata = '{"ttlDays": {{value}}, "partitions": {{(value == "60" ? "1" : value)}}}'
            where agent_type = 'quality-gate'
            """);
        Assert.Equal(TimeSpan.FromDays(days), await Database.QueryAsync<TimeSpan>("select q_value_ttl('quality-gate')"));
        Assert.Equal(partitions, await Database.QueryAsync<int>("select q_table_partitions('quality-gate')"));
        var settings = (await Store.FindAsync(Gate, CancellationToken.None)).Settings;
        Assert.Equal((days, partitions), (settings.TtlDays, settings.Partitions));
    }

    [Theory]
    [InlineData("ttldays")]
    [InlineData("TTLDAYS")]
    public async Task Grains_and_sql_functions_pass_over_a_misspelt_name(string name)
    {
        await Database.ExecuteInAsync($$"""update agent_types set metadata = '{"{{name}}": 60}' where agent_type = 'quality-gate'""");
        Assert.Equal(TimeSpan.FromDays(30), await Database.QueryAsync<TimeSpan>("select q_value_ttl('quality-gate')"));
        var type = await Store.FindAsync(Gate, CancellationToken.None);
        Assert.Equal(
            (30, $"metadata has '{name}', which is no setting; did you mean 'ttlDays'?"), (type.Settings.TtlDays, type.SettingsWarning));
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        var store = new AgentTypeStore(nowhere);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ListAsync(CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.GetAsync(Gate, CancellationToken.None));
    }
}
