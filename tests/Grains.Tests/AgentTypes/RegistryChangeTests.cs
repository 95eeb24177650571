namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Agent types are added and changed, and running grains go by the change.</summary>
[Collection(SharedSilo.Name)]
public sealed class RegistryChangeTests(SiloFixture silo)
{
    private static int _count;

    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, Func<AgentTypeInfo, AgentTypeInfo?>> Bad { get; } = new()
    {
        ["none"] = _ => null,
        ["no settings"] = t => t with { Settings = null! },
        ["empty name"] = t => t with { AgentType = string.Empty },
        ["name too long"] = t => t with { AgentType = new string('n', 51) },
        ["name with a slash"] = t => t with { AgentType = "a/b" },
        ["name with a partition"] = t => t with { AgentType = "a#1" },
        ["no display name"] = t => t with { DisplayName = string.Empty },
        ["display name too long"] = t => t with { DisplayName = new string('n', 101) },
        ["description with NUL"] = t => t with { Description = "\0" },
        ["learning rate 0"] = t => t with { LearningRate = 0 },
        ["learning rate that would be stored as 0"] = t => t with { LearningRate = 0.00004 },
        ["learning rate NaN"] = t => t with { LearningRate = double.NaN },
        ["discount factor above 1"] = t => t with { DiscountFactor = 1.1 },
        ["negative exploration rate"] = t => t with { ExplorationRate = -0.1 },
        ["minimum above the exploration rate"] = t => t with { ExplorationRate = 0.1, MinExplorationRate = 0.2 },
        ["decay above 1"] = t => t with { ExplorationDecay = 1.01 },
        ["no state dimensions"] = t => t with { StateSpaceDimensions = 0 },
        ["no action dimensions"] = t => t with { ActionSpaceDimensions = 0 },
        ["negative TTL"] = t => t with { Settings = new() { TtlDays = -1 } },
        ["TTL beyond a century"] = t => t with { Settings = new() { TtlDays = 36_501 } },
        ["temperature NaN"] = t => t with { Settings = new() { Temperature = double.NaN } },
        ["negative UCB constant"] = t => t with { Settings = new() { Ucb1Constant = -1 } },
        ["unknown rule"] = t => t with { Settings = new() { LearningRule = (LearningRule)9 } },
        ["unknown policy"] = t => t with { Settings = new() { ExplorationPolicy = (ExplorationPolicy)9 } },
        ["unknown write mode"] = t => t with { Settings = new() { WriteMode = (WriteMode)9 } },
        ["hot limit too small"] = t => t with { Settings = new() { HotLimit = 10 } },
    };

    private IRegistryGrain Registry => silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key);

    [Fact]
    public async Task An_added_type_comes_back_as_it_was_given_and_learns()
    {
        var type = NewType() with
        {
            Description = "Writes tests",
            LearningRate = 0.5,
            DiscountFactor = 0.8,
            ExplorationRate = 0.3,
            MinExplorationRate = 0.02,
            ExplorationDecay = 0.99,
            StateSpaceDimensions = 7,
            ActionSpaceDimensions = 3,
            Settings = new AgentTypeSettings
            {
                LearningRule = LearningRule.ExpectedSarsa,
                ExplorationPolicy = ExplorationPolicy.Softmax,
                Temperature = 0.25,
                Ucb1Constant = 1.5,
                TtlDays = 90,
                WriteMode = WriteMode.Durable,
                HotLimit = 50_000,
            },
        };
        Assert.Equal(type, await Registry.Add(type));
        Assert.Equal(type, await Registry.GetAgentType(type.AgentType));
        Assert.Contains(type, await Registry.GetAgentTypes());
        var tested = silo.AgentType(type.AgentType);
        Assert.Equal(5, (await tested.Grain.Learn(Given.Last("s", "a", 10), WriteMode.AgentTypeDefault)).QValue);
        Assert.Equal(1, await tested.VisitsAsync());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        var type = await Registry.Add(NewType());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Registry.Add(type with { LearningRate = 0.9 }));
        Assert.Equal(0.1, (await Registry.GetAgentType(type.AgentType)).LearningRate);
    }

    [Fact]
    public async Task A_change_keeps_what_other_programs_hold_in_the_metadata()
    {
        var type = await Registry.Add(NewType() with { Settings = new AgentTypeSettings { HotLimit = 30_000 } });
        await silo.Database.ExecuteInAsync($$"""
            update agent_types set metadata = metadata || '{"team": "red"}' where agent_type = '{{type.AgentType}}'
            """);
        await Registry.Change(type with { Settings = new AgentTypeSettings { TtlDays = 5 } });
        Assert.Equal("red|5|false", await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', metadata ->> 'team', metadata ->> 'ttlDays', (metadata ? 'hotLimit')::text)
            from agent_types where agent_type = '{type.AgentType}'
            """));
    }

    [Fact]
    public async Task A_running_grain_goes_by_changed_settings()
    {
        var type = await Registry.Add(NewType());
        var grain = silo.AgentType(type.AgentType).Grain;
        Assert.Equal(1, (await grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind)).QValue);
        await Registry.Change(type with { LearningRate = 1, Settings = new AgentTypeSettings { LearningRule = LearningRule.Sarsa } });
        await Eventually.Holds(
            async () => (await grain.Learn(Given.Last("s", "b", 10), WriteMode.WriteBehind)).QValue == 10,
            "the new learning rate");
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.Learn(Given.Step("s", "a", 1, "t"), WriteMode.WriteBehind));
    }

    [Fact]
    public async Task An_inactive_type_answers_reads_and_refuses_to_learn_until_it_is_active_again()
    {
        var type = await Registry.Add(NewType());
        var tested = silo.AgentType(type.AgentType);
        var grain = tested.Grain;
        await grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        Assert.False((await Registry.SetActive(type.AgentType, false)).IsActive);
        await Eventually.Holds(() => RefusesAsync(grain), "the type to refuse");
        var visits = (await grain.GetStatistics()).Visits;
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await grain.UpsertMany([Given.Value("s", "a", 1)], WriteMode.WriteBehind));
        var late = new DelayedReward { State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = 1 };
        await Assert.ThrowsAsync<InvalidInputException>(async () => await grain.RecordRewards([late]));
        Assert.Equal("a", (await grain.GetBestAction(Given.State("s")))!.Key.ToString());
        Assert.Equal("a", (await grain.SelectAction(Given.Select("s", 0))).Action.Key.ToString());
        Assert.Equal(visits, (await grain.GetStatistics()).Visits);
        // What an owner that is lost acknowledged before was promised to count.
        var resent = new UpdateBatch
        {
            ClientId = Guid.NewGuid(),
            SettledBelow = 1,
            Groups = [new UpdateGroup { Number = 1, Transitions = [Given.Last("s", "a", 10)] }],
        };
        Assert.Single((await grain.Apply(resent)).Refusals);
        Assert.Empty((await grain.Apply(resent with { IsResent = true })).Refusals);
        Assert.Equal(visits + 1, (await grain.GetStatistics()).Visits);
        await Registry.SetActive(type.AgentType, true);
        await Eventually.Holds(async () => !await RefusesAsync(grain), "the type to learn again");
    }

    [Fact]
    public async Task Settings_that_SQL_wrote_wrongly_leave_the_old_ones()
    {
        var type = await Registry.Add(NewType());
        var tested = silo.AgentType(type.AgentType);
        await tested.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        await silo.Database.ExecuteInAsync($$"""
            update agent_types set learning_rate = 1, metadata = '{"ttlDays": -3}' where agent_type = '{{type.AgentType}}'
            """);
        // A later write by SQL is taken over, so the bad settings were seen before it.
        await tested.StoreAsync("t", "a", 7);
        await Eventually.Holds(async () => await tested.Grain.GetBestAction(Given.State("t")) is not null, "the write to be seen");
        Assert.Equal(1.9, (await tested.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind)).QValue, 9);
        await silo.Database.ExecuteInAsync($"update agent_types set metadata = null where agent_type = '{type.AgentType}'");
    }

    [Fact]
    public async Task A_type_that_SQL_deleted_is_unknown_soon()
    {
        var type = await Registry.Add(NewType());
        var grain = silo.AgentType(type.AgentType).Grain;
        await grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        await silo.Database.ExecuteInAsync($"delete from agent_types where agent_type = '{type.AgentType}'");
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await grain.GetBestAction(Given.State("s"))) is UnknownAgentTypeException,
            "the type to be unknown");
    }

    [Fact]
    public async Task An_unknown_type_cannot_be_changed()
    {
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await Registry.Change(NewType()));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await Registry.SetActive("no-such-type", true));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_bad_type_is_refused(string flaw)
    {
        var type = NewType();
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Registry.Add(Bad[flaw](type)!));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Registry.Change(Bad[flaw](type)!));
        Assert.Equal(
            0, await silo.Database.QueryAsync<long>($"select count(*) from agent_types where display_name = '{type.DisplayName}'"));
    }

    [Fact]
    public async Task A_grain_beyond_the_partitions_of_a_table_owns_nothing()
    {
        var type = await silo.AddAgentTypeAsync();
        var grain = silo.Grains.GetGrain<IAgentTypeGrain>($"{type.Name}#1");
        var error = await Assert.ThrowsAsync<NotOwnerException>(async () => await grain.GetStatistics());
        Assert.Equal(1, error.Partitions);
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from q_table_owners where agent_type = '{type.Name}'"));
    }

    private static AgentTypeInfo NewType()
    {
        var name = $"tested-added-{Interlocked.Increment(ref _count)}";
        return new AgentTypeInfo { AgentType = name, DisplayName = $"Added {name}" };
    }

    private static async Task<bool> RefusesAsync(IAgentTypeGrain grain) =>
        await Record.ExceptionAsync(async () => await grain.Learn(Given.Last("s", "a", 1), WriteMode.WriteBehind)) is InvalidInputException;
}
