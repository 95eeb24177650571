namespace QLearning.Grains.Tests.Input;

/// <summary>What is not allowed is refused with an error that names it, and leaves memory and database as they were.</summary>
[Collection(SharedSilo.Name)]
public sealed class RefusedInputTests(SiloFixture silo)
{
    public static TheoryData<string> Transitions => [.. BadInput.Transitions.Keys];

    public static TheoryData<string> Upserts => [.. BadInput.Upserts.Keys];

    public static TheoryData<string> Selections => [.. BadInput.Selections.Keys];

    public static TheoryData<string> StateLists => [.. BadInput.StateLists.Keys];

    [Theory]
    [MemberData(nameof(Transitions))]
    public async Task Transitions_are_checked(string flaw)
    {
        var (transition, words) = BadInput.Transitions[flaw];
        var good = Given.Last("good", "a", 1);
        await AssertRefusedAsync(words, "{}", async grain => await grain.Learn(transition!, WriteMode.Durable));
        await AssertRefusedAsync(words, "{}", async grain => await grain.LearnMany([good, transition!], WriteMode.Durable));
    }

    [Theory]
    [MemberData(nameof(Upserts))]
    public async Task Upserts_are_checked(string flaw)
    {
        var (upsert, words) = BadInput.Upserts[flaw];
        var good = Given.Value("good", "a", 1);
        await AssertRefusedAsync(words, "{}", async grain => await grain.Upsert(upsert, WriteMode.Durable));
        await AssertRefusedAsync(words, "{}", async grain => await grain.UpsertMany([good, upsert], WriteMode.Durable));
    }

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task Selections_are_checked(string flaw)
    {
        var (request, words) = BadInput.Selections[flaw];
        await AssertRefusedAsync(words, "{}", async grain => await grain.SelectAction(request!));
    }

    [Theory]
    [MemberData(nameof(StateLists))]
    public async Task Lists_of_states_are_checked(string flaw)
    {
        var (states, words) = BadInput.StateLists[flaw];
        await AssertRefusedAsync(words, "{}", async grain => await grain.GetBestActions(states!));
        await AssertRefusedAsync(words, "{}", async grain => await grain.GetQValuesMany(states!));
    }

    [Fact]
    public async Task An_empty_state_key_is_refused_by_reads()
    {
        await AssertRefusedAsync("state key", "{}", async grain => await grain.GetBestAction(default));
        await AssertRefusedAsync("state key", "{}", async grain => await grain.GetQValues(default));
    }

    [Fact]
    public async Task Batches_have_a_largest_size()
    {
        var steps = Enumerable.Repeat(Given.Last("s", "a", 1), QLimits.MaxBatch + 1).ToArray();
        var upserts = Enumerable.Repeat(Given.Value("s", "a", 1), QLimits.MaxBatch + 1).ToArray();
        await AssertRefusedAsync("number of transitions '10001'", "{}", async grain => await grain.LearnMany(steps, WriteMode.Durable));
        await AssertRefusedAsync("number of transitions 'null'", "{}", async grain => await grain.LearnMany(null!, WriteMode.Durable));
        await AssertRefusedAsync("number of Q-values '10001'", "{}", async grain => await grain.UpsertMany(upserts, WriteMode.Durable));
        await AssertRefusedAsync("number of Q-values 'null'", "{}", async grain => await grain.UpsertMany(null!, WriteMode.Durable));
    }

    [Fact]
    public async Task Batches_of_the_largest_size_are_taken()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.LearnMany(
            [.. Enumerable.Range(0, QLimits.MaxBatch).Select(i => Given.Last($"s{i % 100}", "a", 1))], WriteMode.Durable);
        Assert.Equal(QLimits.MaxBatch, await type.VisitsAsync());
    }

    [Fact]
    public async Task Sarsa_needs_the_next_action() => await AssertRefusedAsync(
        "a next action, or an end of its episode",
        """{"learningRule": "sarsa"}""",
        async grain => await grain.Learn(Given.Step("s", "a", 1, "next"), WriteMode.Durable));

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task An_unknown_write_mode_is_refused(int mode)
    {
        await AssertRefusedAsync($"write mode '{mode}'", "{}", async grain => await grain.Learn(Given.Last("s", "a", 1), (WriteMode)mode));
        await AssertRefusedAsync(
            $"write mode '{mode}'", "{}", async grain => await grain.UpsertMany([Given.Value("s", "a", 1)], (WriteMode)mode));
    }

    [Fact]
    public async Task Every_call_of_an_unregistered_type_says_that_it_is_unknown()
    {
        var grain = silo.Grains.GetGrain<IAgentTypeGrain>("no-such-type");
        Func<Task>[] calls =
        [
            async () => await grain.GetBestAction(Given.State("s")),
            async () => await grain.GetQValuesMany([Given.State("s")]),
            async () => await grain.SelectAction(Given.Select("s", 0, "a")),
            async () => await grain.Learn(Given.Last("s", "a", 1), WriteMode.WriteBehind),
            async () => await grain.UpsertMany([Given.Value("s", "a", 1)], WriteMode.Durable),
            async () => await grain.Flush(),
            async () => await grain.GetStatistics(),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<UnknownAgentTypeException>(call);
            Assert.Contains("'no-such-type' is not registered", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await silo.Database.QueryAsync<long>("select count(*) from q_table_owners where agent_type = 'no-such-type'"));
    }

    [Fact]
    public async Task A_type_registered_later_is_known_then()
    {
        var type = silo.AgentType("late-type");
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await type.Grain.GetStatistics());
        await silo.Database.ExecuteInAsync("insert into agent_types (agent_type, display_name) values ('late-type', 'Late')");
        Assert.Equal(1, (await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable)).VisitCount);
        await silo.Database.ExecuteInAsync("delete from agent_types where agent_type = 'late-type'");
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("test-generator#0")]
    [InlineData("test-generator#x")]
    [InlineData("test-generator#-1")]
    [InlineData("#1")]
    [InlineData("a-name-of-fifty-one-characters-is-one-too-long-here")]
    public async Task A_malformed_grain_key_is_refused(string key)
    {
        var grain = silo.Grains.GetGrain<IAgentTypeGrain>(key);
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.GetBestAction(Given.State("s")));
        Assert.Contains("agent type", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable));
    }

    [Fact]
    public async Task A_setting_that_is_not_allowed_is_named_and_can_be_mended()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 5}""");
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.GetStatistics());
        Assert.Contains("hotLimit is ", error.Message, StringComparison.Ordinal);
        await silo.Database.ExecuteInAsync($"update agent_types set metadata = null where agent_type = '{type.Name}'");
        Assert.Equal(0, (await type.Grain.GetStatistics()).States);
    }

    private async Task AssertRefusedAsync(string words, string metadata, Func<IAgentTypeGrain, Task> call)
    {
        var type = await silo.AddAgentTypeAsync(metadata);
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var (before, rows, watermark) = (await type.Grain.GetStatistics(), await type.RowsAsync(), await type.WatermarkAsync());
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => call(type.Grain));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: ", error.Message, StringComparison.Ordinal);
        await type.Grain.Flush();
        Assert.Equal(before, await type.Grain.GetStatistics());
        Assert.Equal((rows.Single(), watermark), ((await type.RowsAsync()).Single(), await type.WatermarkAsync()));
    }
}
