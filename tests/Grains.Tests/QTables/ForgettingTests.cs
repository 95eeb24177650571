namespace QLearning.Grains.Tests.QTables;

/// <summary>What is forgotten is gone from memory and from the database, and does not come back.</summary>
[Collection(SharedSilo.Name)]
public sealed class ForgettingTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, ForgetRequest?> Bad { get; } = new()
    {
        ["none"] = null,
        ["empty state"] = new() { State = default(StateKey) },
        ["empty action"] = new() { State = Given.State("s"), Action = default(ActionKey) },
        ["an action without a state"] = new() { Action = ActionKey.Parse("a") },
        ["no id"] = new() { Id = Guid.Empty },
    };

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"partitions":3}""")]
    public async Task A_state_is_forgotten_with_all_its_actions_and_no_other(string metadata)
    {
        var type = await LearnedAsync(metadata);
        var client = silo.Client.AgentType(type.Name);
        Assert.Equal(3, await client.ForgetAsync(Given.State("s5"), isDryRun: true));
        Assert.Equal(30, (await type.RowsAsync()).Length);
        Assert.Equal(3, await client.ForgetAsync(Given.State("s5")));
        Assert.Null(await client.GetBestActionAsync(Given.State("s5")));
        var rows = await type.RowsAsync();
        Assert.Equal((27, 0), (rows.Length, rows.Count(row => row.State == "s5")));
        var statistics = await client.GetStatisticsAsync();
        Assert.Equal((27, 27L), (statistics.QValues, statistics.Visits));
        Assert.Equal(0, await client.ForgetAsync(Given.State("s5")));
        Assert.Equal(0, await client.ForgetAsync(Given.State("never learned")));
    }

    [Fact]
    public async Task An_action_is_forgotten_and_the_next_best_is_answered()
    {
        var type = await LearnedAsync("{}");
        var client = silo.Client.AgentType(type.Name);
        Assert.Equal("a2", (await client.GetBestActionAsync(Given.State("s5")))!.Key.ToString());
        Assert.Equal(1, await client.ForgetAsync(Given.State("s5"), ActionKey.Parse("a2")));
        Assert.Equal("a1", (await client.GetBestActionAsync(Given.State("s5")))!.Key.ToString());
        Assert.Equal(["a0", "a1"], (await type.RowsAsync()).Where(row => row.State == "s5").Select(row => row.Action));
        Assert.Equal(0, await client.ForgetAsync(Given.State("s5"), ActionKey.Parse("never learned")));
    }

    [Fact]
    public async Task What_is_learned_afterwards_begins_anew()
    {
        var type = await LearnedAsync("{}");
        var client = silo.Client.AgentType(type.Name);
        await client.ForgetAsync(Given.State("s5"), ActionKey.Parse("a2"));
        var learned = await client.LearnAsync(Given.Last("s5", "a2", 10), WriteMode.Durable);
        Assert.Equal((1.0, 1), (learned.QValue, learned.VisitCount));
        var row = (await type.RowsAsync()).Single(row => row is { State: "s5", Action: "a2" });
        Assert.Equal((1.0, 1), (row.Value, row.Visits));
    }

    [Fact]
    public async Task An_update_that_was_learned_before_does_not_come_back_when_it_is_sent_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var batch = new UpdateBatch
        {
            ClientId = Guid.NewGuid(),
            SettledBelow = 1,
            Groups = [new UpdateGroup { Number = 1, Transitions = [Given.Last("s", "a", 10)] }],
        };
        await type.Grain.Apply(batch);
        await type.Grain.Forget(new ForgetRequest { State = Given.State("s") });
        var again = await type.Grain.Apply(batch with { Mode = WriteMode.Durable });
        Assert.Empty(again.Refusals);
        Assert.Empty(await type.RowsAsync());
        await type.Grain.Forget(new ForgetRequest());
        Assert.NotNull(await type.Grain.Apply(batch with { Mode = WriteMode.Durable }));
        Assert.Empty(await type.RowsAsync());
    }

    [Fact]
    public async Task A_flush_that_is_under_way_does_not_bring_it_back()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        Task<long> forgetting;
        await using (await type.HoldFlushesAsync())
        {
            await client.LearnAsync(Given.Last("s", "a", 10));
            forgetting = client.ForgetAsync(Given.State("s"));
            await client.LearnAsync(Given.Last("other", "a", 10));
        }

        Assert.Equal(1, await forgetting);
        await client.FlushAsync();
        Assert.Equal(["other"], (await type.RowsAsync()).Select(row => row.State));
        Assert.Null(await client.GetBestActionAsync(Given.State("s")));
    }

    [Fact]
    public async Task Agents_that_learn_meanwhile_lose_no_update()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        var forgotten = 0;
        var learning = Enumerable.Range(0, 8).Select(async agent =>
        {
            for (var i = 0; i < 100; i++)
            {
                await client.LearnAsync(Given.Last($"kept-{agent}", "a", 1), i % 10 == 0 ? WriteMode.Durable : WriteMode.WriteBehind);
                await client.LearnAsync(Given.Last($"forgotten-{agent}", "a", 1));
            }
        }).ToArray();
        while (!Task.WhenAll(learning).IsCompleted)
        {
            await client.ForgetAsync(Given.State($"forgotten-{forgotten++ % 8}"));
        }

        await Task.WhenAll(learning);
        await client.FlushAsync();
        var rows = (await type.RowsAsync()).Where(row => row.State.StartsWith("kept", StringComparison.Ordinal)).ToArray();
        Assert.Equal((8, 800), (rows.Length, rows.Sum(row => row.Visits)));
        var statistics = await client.GetStatisticsAsync();
        Assert.Equal(await type.VisitsAsync(), statistics.Visits);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"partitions":3}""")]
    public async Task A_reset_forgets_every_Q_value_and_nothing_else(string metadata)
    {
        var type = await LearnedAsync(metadata);
        var client = silo.Client.AgentType(type.Name);
        await silo.Agent(type).PlayAsync(1, "s0", "a0");
        Assert.Equal(30, await client.ResetAsync(isDryRun: true));
        Assert.Equal(30, (await type.RowsAsync()).Length);
        Assert.Equal(30, await client.ResetAsync());
        Assert.Empty(await type.RowsAsync());
        Assert.Null(await client.GetBestActionAsync(Given.State("s5")));
        Assert.Equal((0, 0L), ((await client.GetStatisticsAsync()).QValues, (await client.GetStatisticsAsync()).Visits));
        Assert.Single((await client.GetRecentTrajectoriesAsync()).Trajectories);
        await client.LearnAsync(Given.Last("s5", "a", 10), WriteMode.Durable);
        Assert.Equal(1, await type.VisitsAsync());
        Assert.Equal(1, await client.ResetAsync());
    }

    [Fact]
    public async Task A_reset_that_is_asked_for_again_forgets_nothing_more()
    {
        var type = await LearnedAsync("{}");
        var request = new ForgetRequest();
        Assert.Equal(30, (await type.Grain.Forget(request)).QValues);
        await silo.Client.AgentType(type.Name).LearnAsync(Given.Last("s5", "a", 10), WriteMode.Durable);
        Assert.Equal(30, (await type.Grain.Forget(request)).QValues);
        Assert.Equal(1, await type.VisitsAsync());
    }

    [Fact]
    public async Task A_reset_that_fails_in_one_partition_says_that_it_may_have_forgotten_others()
    {
        var type = await LearnedAsync("""{"partitions":3}""");
        var client = silo.Client.AgentType(type.Name);
        StorageUnavailableException error;
        await using (await HeldLock.TakeAsync(
            silo.Database, $"select 1 from q_values where agent_type = '{type.Name}' and state_hash = 's5' for update"))
        {
            error = await Assert.ThrowsAsync<StorageUnavailableException>(() => client.ResetAsync());
        }

        Assert.True(error.MayHaveTakenEffect);
        var left = (await type.RowsAsync()).Length;
        Assert.InRange(left, 3, 27);
        Assert.Equal(left, await client.ResetAsync());
    }

    [Fact]
    public async Task An_owner_that_lost_its_rows_forgets_nothing()
    {
        var type = await LearnedAsync("{}");
        await type.TakeAwayAsync();
        await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Forget(new ForgetRequest { State = Given.State("s5") }));
        Assert.Equal(30, (await type.RowsAsync()).Length);
        Assert.Equal(3, await silo.Client.AgentType(type.Name).ForgetAsync(Given.State("s5")));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_request_that_is_not_allowed_is_refused(string flaw)
    {
        var type = await LearnedAsync("{}");
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.Forget(Bad[flaw]!));
        Assert.Equal(30, (await type.RowsAsync()).Length);
    }

    /// <summary>10 states with 3 actions each, the last one the best.</summary>
    private async Task<TestAgentType> LearnedAsync(string metadata)
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        await silo.Client.AgentType(type.Name).UpsertAsync(
            from state in Enumerable.Range(0, 10)
            from action in Enumerable.Range(0, 3)
            select Given.Value($"s{state}", $"a{action}", action), WriteMode.Durable);
        return type;
    }
}
