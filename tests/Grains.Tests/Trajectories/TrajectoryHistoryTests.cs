namespace QLearning.Grains.Tests.Trajectories;

/// <summary>Stored trajectories are found again, page by page.</summary>
[Collection(SharedSilo.Name)]
public sealed class TrajectoryHistoryTests(SiloFixture silo)
{
    private IHistoryGrain History => silo.Grains.GetGrain<IHistoryGrain>(0);

    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, TrajectoryQuery?> Bad { get; } = new()
    {
        ["none"] = null,
        ["no agent type"] = new() { AgentType = string.Empty },
        ["limit 0"] = new() { AgentType = "t", Limit = 0 },
        ["limit 1001"] = new() { AgentType = "t", Limit = 1001 },
        ["unknown order"] = new() { AgentType = "t", Order = (TrajectoryOrder)7 },
        ["task too long"] = new() { AgentType = "t", TaskId = new string('x', 101) },
        ["instance with NUL"] = new() { AgentType = "t", Instance = "\0" },
    };

    [Theory]
    [InlineData(TrajectoryOrder.Recent)]
    [InlineData(TrajectoryOrder.Best)]
    public async Task Pages_together_list_every_trajectory_once_in_order(TrajectoryOrder order)
    {
        var type = await silo.AddAgentTypeAsync();
        var stored = Enumerable.Range(0, 23).Select(i => Episode(i % 7)).ToArray();
        await type.Grain.RecordTrajectories(stored[..10]);
        await type.Grain.RecordTrajectories(stored[10..]);
        var listed = new List<StoredTrajectory>();
        TrajectoryCursor? after = null;
        do
        {
            var page = await History.GetTrajectories(
                new TrajectoryQuery { AgentType = type.Name, Order = order, Limit = 5, After = after });
            Assert.InRange(page.Trajectories.Count, 1, 5);
            listed.AddRange(page.Trajectories);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(stored.Select(t => t.Id).Order(), listed.Select(t => t.Id).Order());
        Assert.Equal(
            listed.Select(t => order == TrajectoryOrder.Best ? t.TotalReward : t.CompletedAt.UtcTicks).OrderDescending(),
            listed.Select(t => order == TrajectoryOrder.Best ? t.TotalReward : t.CompletedAt.UtcTicks));
    }

    [Fact]
    public async Task Trajectories_are_found_by_session_task_agent_and_success()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var byTask = Episode(1) with { TaskId = "wanted" };
        var failed = Episode(2) with { Success = false };
        var inSession = Episode(3) with { SessionId = session.Id };
        await type.Grain.RecordTrajectories([byTask, failed, inSession]);
        var byAgent = (await silo.Agent(type, "tg-7").PlayAsync(4)).TrajectoryId;
        var all = new TrajectoryQuery { AgentType = type.Name };
        Assert.Equal(byTask.Id, await OnlyAsync(all with { TaskId = "wanted" }));
        Assert.Equal(failed.Id, await OnlyAsync(all with { Success = false }));
        Assert.Equal(inSession.Id, await OnlyAsync(all with { SessionId = session.Id }));
        Assert.Equal(byAgent, await OnlyAsync(all with { Instance = "tg-7" }));
        Assert.Empty((await History.GetTrajectories(all with { TaskId = "wanted", Success = false })).Trajectories);
        Assert.Equal(4, (await History.GetTrajectories(all)).Trajectories.Count);
    }

    [Fact]
    public async Task A_trajectory_comes_back_as_it_was_recorded()
    {
        var type = await silo.AddAgentTypeAsync();
        var episode = Episode(2) with { ErrorMessage = "flaky", MetadataJson = """{"run": 7}""", DiscountedReward = 1.25 };
        await type.Grain.RecordTrajectories([episode]);
        var found = Assert.Single((await History.GetTrajectories(new TrajectoryQuery { AgentType = type.Name })).Trajectories);
        Assert.Equal(
            (
                episode.Id,
                "task",
                """["s", "t"]""",
                """["a", "b"]""",
                "[2, 0.5]",
                "\"end\"",
                2.5,
                1.25,
                TimeSpan.FromSeconds(1.5),
                true,
                "flaky",
                """{"run": 7}"""),
            (found.Id, found.TaskId, found.StatesJson, found.ActionsJson, found.StepRewardsJson, found.FinalStateJson, found.TotalReward,
                found.DiscountedReward, found.ExecutionTime, found.Success, found.ErrorMessage, found.MetadataJson));
    }

    [Fact]
    public async Task Agents_of_a_type_are_listed_by_name()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Agent(type, "b").PlayAsync(1);
        await silo.Agent(type, "a").PlayAsync(2);
        Assert.Equal([("a", 2.0), ("b", 1.0)], (await History.GetAgents(type.Name)).Select(agent => (agent.Instance, agent.TotalReward)));
    }

    [Fact]
    public async Task A_misspelt_agent_type_is_told_by_every_listing()
    {
        Func<Task>[] listings =
        [
            async () => await History.GetTrajectories(new TrajectoryQuery { AgentType = "test-genrator" }),
            async () => await History.GetActiveSessions("test-genrator"),
            async () => await History.GetAgents("test-genrator"),
            async () => await silo.Client.Patterns("test-genrator").SearchAsync("x"),
            async () => await silo.Client.AgentTypes.GetAsync("test-genrator"),
            async () => await silo.Client.AgentType("test-genrator").GetQValuesAsync(Given.State("s")),
        ];
        foreach (var listing in listings)
        {
            var error = await Assert.ThrowsAsync<UnknownAgentTypeException>(listing);
            Assert.Contains("'test-genrator' is not registered", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_type_whose_settings_cannot_be_used_is_listed_all_the_same()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 5}""");
        Assert.Empty(await History.GetAgents(type.Name));
        Assert.Empty(await History.GetActiveSessions(type.Name));
        Assert.Empty((await History.GetTrajectories(new TrajectoryQuery { AgentType = type.Name })).Trajectories);
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_bad_query_is_refused(string flaw) =>
        await Assert.ThrowsAsync<InvalidInputException>(async () => await History.GetTrajectories(Bad[flaw]!));

    private async Task<Guid> OnlyAsync(TrajectoryQuery query) => Assert.Single((await History.GetTrajectories(query)).Trajectories).Id;

    private static Trajectory Episode(double reward) => new()
    {
        TaskId = "task",
        Steps =
        [
            new TrajectoryStep(State.FromKey("s"), AgentAction.Named("a"), reward),
            new TrajectoryStep(State.FromKey("t"), AgentAction.Named("b"), 0.5),
        ],
        FinalState = State.FromKey("end"),
        Success = true,
        StartedAt = DateTimeOffset.UnixEpoch,
        ExecutionTime = TimeSpan.FromSeconds(1.5),
    };
}
