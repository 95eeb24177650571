namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>An agent type goes with all that hangs on it, and its running grains with it.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeDeletionTests(SiloFixture silo)
{
    private static readonly string[] _tables =
        ["q_values", "trajectories", "rewards", "sessions", "agent_states", "patterns", "q_table_owners", "q_table_clients", "agent_types"];

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"partitions":3}""")]
    public async Task A_type_goes_with_everything_and_no_other_loses_a_row(string metadata)
    {
        var (type, other) = (await UsedAsync(metadata), await UsedAsync(metadata));
        DeletedRows[] expected =
        [
            new("agent_types", 1), new("q_values", 5), new("trajectories", 2), new("rewards", 2), new("sessions", 1),
            new("agent_states", 1), new("patterns", 1), new("pattern_uses", 1),
        ];
        var before = await RowsAsync(other);
        Assert.Equal(expected, await silo.Client.AgentTypes.DeleteAsync(type.Name, isDryRun: true));
        Assert.Equal(1, await silo.Database.QueryAsync<long>($"select count(*) from agent_types where agent_type = '{type.Name}'"));
        Assert.Equal(expected, await silo.Client.AgentTypes.DeleteAsync(type.Name));
        Assert.All(await RowsAsync(type), rows => Assert.EndsWith(" 0", rows, StringComparison.Ordinal));
        Assert.Equal(before, await RowsAsync(other));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => silo.Client.AgentTypes.DeleteAsync(type.Name));
    }

    [Fact]
    public async Task Running_grains_know_it_no_more()
    {
        var type = await UsedAsync("{}");
        await silo.Client.AgentTypes.DeleteAsync(type.Name);
        await IsUnknownAsync(() => type.Grain.GetBestAction(Given.State("s")).AsTask());
        await IsUnknownAsync(() => silo.Client.AgentType(type.Name).LearnAsync(Given.Last("s", "a", 1)));
        await IsUnknownAsync(() => silo.Agent(type, "tg-9").ActAsync("s", "a"));
        Assert.All(await RowsAsync(type), rows => Assert.EndsWith(" 0", rows, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_used_of_it_is_not_answered_from_memory(bool isInEpisode)
    {
        var type = await UsedAsync("{}");
        var info = await silo.Client.AgentTypes.GetAsync(type.Name);
        var (agent, patterns) = (silo.Client.Agent(type.Name, "tg-1"), silo.Client.Patterns(type.Name));
        var pattern = Assert.Single(await patterns.SearchAsync(new PatternQuery())).Pattern;
        await agent.ChangeRatesAsync(new AgentRegistration { ExplorationRate = 0.9 });
        if (isInEpisode)
        {
            await silo.Agent(type).ActAsync("s", "a");
        }

        await silo.Client.AgentTypes.DeleteAsync(type.Name);
        await IsUnknownAsync(() => patterns.SearchAsync(new PatternQuery()));
        await IsUnknownAsync(() => patterns.GetAsync(pattern.Id));
        await IsUnknownAsync(() => agent.GetAsync());
        await silo.Client.AgentTypes.AddAsync(info);
        await IsKnownAsync(() => patterns.SearchAsync(new PatternQuery()));
        Assert.Empty(await patterns.SearchAsync(new PatternQuery()));
        await Assert.ThrowsAsync<UnknownPatternException>(() => patterns.GetAsync(pattern.Id));
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(() => agent.GetAsync()) is UnknownAgentException, "the agent is unknown");
        var ended = await silo.Agent(type).PlayAsync(1);
        Assert.Equal((1, null), (ended.Agent.TotalTasks, ended.Agent.SessionId));
        Assert.Equal(info.ExplorationRate * info.ExplorationDecay, ended.Agent.ExplorationRate, 9);
    }

    [Fact]
    public async Task A_type_that_learns_meanwhile_goes_too_and_begins_anew_when_it_is_added_again()
    {
        var type = await UsedAsync("{}");
        var info = await silo.Client.AgentTypes.GetAsync(type.Name);
        var learning = Enumerable.Range(0, 4).Select(agent => Record.ExceptionAsync(async () =>
        {
            for (var i = 0; ; i++)
            {
                await silo.Client.AgentType(type.Name).LearnAsync(Given.Last($"s{agent}-{i % 50}", "a", 1), WriteMode.Durable);
            }
        })).ToArray();
        await Eventually.Holds(async () => await type.VisitsAsync() > 100, "100 visits");
        await silo.Client.AgentTypes.DeleteAsync(type.Name);
        Assert.All(await Task.WhenAll(learning), error => Assert.True(IsOfUnknownType(error), $"{error}"));
        await silo.Client.AgentTypes.AddAsync(info);
        await IsKnownAsync(() => silo.Client.AgentType(type.Name).LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable));
        Assert.Null(await silo.Client.AgentType(type.Name).GetBestActionAsync(Given.State("s0-0")));
    }

    [Fact]
    public async Task A_deletion_that_is_asked_for_again_says_what_it_did_and_another_one_that_there_is_no_such_type()
    {
        var type = await UsedAsync("{}");
        var registry = silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key);
        var (id, another) = (Guid.NewGuid(), Guid.NewGuid());
        var deleted = await DeletedAsync(registry, type, id);
        Assert.Equal(deleted, await DeletedAsync(registry, type, id));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => DeletedAsync(registry, type, another));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await registry.Delete(type.Name, Guid.Empty, isDryRun: false));
    }

    /// <summary>Asks until the deletion is done; an answer says so only if it does not take long.</summary>
    private static async Task<DeletedRows[]> DeletedAsync(IRegistryGrain registry, TestAgentType type, Guid id)
    {
        DeletedRows[]? deleted = null;
        await Eventually.Holds(
            async () => (deleted = await registry.Delete(type.Name, id, isDryRun: false)) is not null, "the deletion to be done");
        return deleted!;
    }

    // An update that was under way may have been learned before.
    private static bool IsOfUnknownType(Exception? error) =>
        error is UnknownAgentTypeException or ClusterUnavailableException { InnerException: UnknownAgentTypeException };

    private static Task IsUnknownAsync<T>(Func<Task<T>> call) =>
        Eventually.Holds(async () => await Record.ExceptionAsync(call) is UnknownAgentTypeException, "the type is unknown");

    private static Task IsKnownAsync<T>(Func<Task<T>> call) =>
        Eventually.Holds(async () => await Record.ExceptionAsync(call) is null, "the type is known");

    private async Task<string[]> RowsAsync(TestAgentType type) => await Task.WhenAll(_tables.Select(async table =>
        $"{table} {await silo.Database.QueryAsync<long>($"select count(*) from {table} where agent_type = '{type.Name}'")}"));

    private async Task<TestAgentType> UsedAsync(string metadata)
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.BeginSession(session.Id);
        await agent.PlayAsync(1);
        await agent.PlayAsync(1);
        var patterns = silo.Client.Patterns(type.Name);
        var pattern = await patterns.StoreAsync(new NewPattern { Name = "p", Type = "t", DataJson = "{}" });
        await patterns.RecordUseAsync(pattern.Id, success: true, 1);
        await silo.Client.AgentType(type.Name).UpsertAsync(
            Enumerable.Range(0, 4).Select(i => Given.Value($"state-{i}", "a", i)), WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"update q_values set session_id = '{session.Id}' where agent_type = '{type.Name}'");
        return type;
    }
}
