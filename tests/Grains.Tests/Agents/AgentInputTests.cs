namespace QLearning.Grains.Tests.Agents;

/// <summary>Bad input to an agent is refused before anything changes.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentInputTests(SiloFixture silo)
{
    public static TheoryData<string> DecisionFlaws => [.. BadDecisions.Keys];

    public static TheoryData<string> OutcomeFlaws => [.. BadOutcomes.Keys];

    public static TheoryData<string> SnapshotFlaws => [.. BadSnapshots.Keys];

    private static Dictionary<string, AgentDecisionRequest?> BadDecisions { get; } = new()
    {
        ["none"] = null,
        ["no episode"] = Decision() with { EpisodeId = Guid.Empty },
        ["empty state"] = Decision() with { State = default },
        ["state is no JSON"] = Decision() with { State = State.FromKey("s") with { Json = "{" } },
        ["state too deep"] = Decision() with { State = State.FromKey("s") with { Json = new string('[', 65) + new string(']', 65) } },
        ["state over 256 KiB"] = Decision() with { State = State.FromKey("s") with { Json = $"\"{new string('x', 256 * 1024)}\"" } },
        ["no candidates"] = Decision() with { Candidates = null! },
        ["too many candidates"] = Decision() with
        {
            Candidates = [.. Enumerable.Repeat(AgentAction.Named("a"), QLimits.MaxCandidates + 1)],
        },
        ["candidate named twice"] = Decision() with { Candidates = [AgentAction.Named("a"), AgentAction.Named("a")] },
        ["empty candidate"] = Decision() with { Candidates = [default] },
        ["empty task"] = Decision() with { TaskId = string.Empty },
        ["task too long"] = Decision() with { TaskId = new string('t', 101) },
        ["negative step"] = Decision() with { Step = -1 },
    };

    private static Dictionary<string, Func<Observation, Observation?>> BadOutcomes { get; } = new()
    {
        ["none"] = _ => null,
        ["no episode"] = o => o with { EpisodeId = Guid.Empty },
        ["negative step"] = o => o with { Step = -1 },
        ["reward NaN"] = o => o with { Reward = double.NaN },
        ["reward infinite"] = o => o with { Reward = double.PositiveInfinity },
        ["reward too large"] = o => o with { Reward = 1e6 },
        ["empty next state"] = o => o with { NextState = default },
        ["next action named twice"] = o => o with { NextActions = [ActionKey.Parse("a"), ActionKey.Parse("a")] },
        ["empty next action"] = o => o with { NextActions = [default] },
        ["error message with NUL"] = o => o with { ErrorMessage = "\0" },
        ["half a character in the error message"] = o => o with { ErrorMessage = "\ud800" },
        ["source too long"] = o => o with { RewardSource = new string('s', 101) },
        ["no list of patterns"] = o => o with { PatternsUsed = null! },
        ["too many patterns"] = o => o with { PatternsUsed = new Guid[101] },
    };

    private static Dictionary<string, EpisodeSnapshot?> BadSnapshots { get; } = new()
    {
        ["none"] = null,
        ["no steps"] = Snapshot() with { Steps = null! },
        ["too many steps"] = Snapshot() with { Steps = [.. Enumerable.Repeat(Snapshot().Steps[0], QLimits.MaxBatch + 1)] },
        ["no episode"] = Snapshot() with { EpisodeId = Guid.Empty },
        ["no start"] = Snapshot() with { StartedAt = default },
        ["start in the future"] = Snapshot() with { StartedAt = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        ["empty task"] = Snapshot() with { TaskId = string.Empty },
        ["reward NaN"] = Snapshot() with { Steps = [Snapshot().Steps[0] with { Reward = double.NaN }] },
        ["empty action"] = Snapshot() with { Acting = new StateAction(State.FromKey("s"), default) },
        ["unlearned without a step"] = Snapshot() with { Steps = [], Unlearned = State.FromKey("s"), NewQValues = 0 },
        ["more new Q-values than steps"] = Snapshot() with { NewQValues = 2 },
    };

    [Theory]
    [MemberData(nameof(DecisionFlaws))]
    public async Task A_bad_request_for_an_action_is_refused(string flaw)
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.SelectAction(BadDecisions[flaw]!));
        Assert.Equal("none", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task A_choice_that_is_refused_leaves_the_episode_that_runs()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(1, "t");
        var refused = Decision() with { State = State.FromKey("never learned"), Candidates = [] };

        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.SelectAction(refused));

        Assert.Contains("no candidates were given", error.Message, StringComparison.Ordinal);
        await agent.ActAsync("t", "a");
        Assert.Equal(2, (await agent.EarnAsync(1, "end", done: true)).Ended!.Steps);
        Assert.Equal(1, await agent.TrajectoriesAsync());
    }

    [Theory]
    [MemberData(nameof(OutcomeFlaws))]
    public async Task A_bad_outcome_is_refused_and_nothing_is_learned(string flaw)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await agent.Grain.Observe(BadOutcomes[flaw](agent.Outcome(1, "t", done: true))!));
        Assert.Empty(await type.Grain.GetQValues(Given.State("s")));
        Assert.Equal(0, await agent.TrajectoriesAsync());
        await agent.EarnAsync(1, "end", done: true);
    }

    [Theory]
    [MemberData(nameof(SnapshotFlaws))]
    public async Task A_bad_snapshot_is_refused(string flaw)
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.RestoreEpisode(BadSnapshots[flaw]!));
        Assert.Equal("none", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task Rewards_that_would_not_fit_into_the_agents_row_are_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(1);
        await silo.Database.ExecuteInAsync($"update agent_states set total_reward = 99999000 where agent_type = '{type.Name}'");
        var other = silo.Agent(type, "same-row");
        await silo.Database.ExecuteInAsync($"update agent_states set agent_instance_id = 'same-row' where agent_type = '{type.Name}'");
        await other.ActAsync("s", "a");
        await Assert.ThrowsAsync<InvalidInputException>(() => other.EarnAsync(5_000, "t"));
        await other.EarnAsync(500, "end", done: true);
        Assert.Equal("99999500.0000", await other.RowAsync("total_reward"));
    }

    [Theory]
    [InlineData("no-instance")]
    [InlineData("/x")]
    [InlineData("a b/x")]
    [InlineData("tested/")]
    public async Task A_grain_key_that_names_no_agent_is_refused(string key) =>
        await Assert.ThrowsAnyAsync<QLearningException>(async () => await silo.Grains.GetGrain<IAgentGrain>(key).Get());

    private static AgentDecisionRequest Decision() =>
        new() { EpisodeId = Guid.CreateVersion7(), State = State.FromKey("s"), Candidates = [AgentAction.Named("a")] };

    private static EpisodeSnapshot Snapshot() => new()
    {
        EpisodeId = Guid.CreateVersion7(),
        TaskId = "task",
        StartedAt = DateTimeOffset.UnixEpoch,
        Steps = [new TrajectoryStep(State.FromKey("s"), AgentAction.Named("a"), 1)],
        NewQValues = 1,
    };
}
