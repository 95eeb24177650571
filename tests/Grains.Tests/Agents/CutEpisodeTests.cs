namespace QLearning.Grains.Tests.Agents;

/// <summary>An episode that a limit cut ends as any other, and its last step is learned with the value of what follows.</summary>
[Collection(SharedSilo.Name)]
public sealed class CutEpisodeTests(SiloFixture silo)
{
    [Theory]
    [InlineData("qlearning")]
    [InlineData("sarsa")]
    [InlineData("expectedSarsa")]
    public async Task It_is_learned_with_the_next_state_and_stored(string rule)
    {
        var type = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}"}""");
        await type.Grain.Upsert(Given.Value("t", "b", 100), WriteMode.Durable);
        var agent = silo.Agent(type);
        var episode = agent.Episode;
        await agent.ActAsync("s", "a");
        var result = await agent.CutAsync(1, "t");
        Assert.Equal(9.6, result.Learned!.Value.QValue, 9);
        Assert.Equal((episode, 1, 1), (result.Ended!.TrajectoryId, result.Ended.Steps, result.Ended.Agent.TotalTasks));

        // Durable before the answer, with all steps before.
        Assert.Equal(9.6, (await type.RowsAsync())[0].Value, 9);
        Assert.Equal("""{"truncated": true, "agent_instance": "tg-1"}""", await MetadataAsync(episode));
        Assert.Equal(AgentStatus.Idle, (await agent.Grain.Get()).Status);
    }

    [Fact]
    public async Task Done_decides_when_both_are_reported()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(Given.Value("t", "b", 100), WriteMode.WriteBehind);
        var agent = silo.Agent(type);
        var episode = agent.Episode;
        await agent.ActAsync("s", "a");
        var result = await agent.Grain.Observe(agent.Outcome(1, "t", done: true) with { Truncated = true });
        Assert.Equal(0.1, result.Learned!.Value.QValue, 9);
        Assert.Equal("""{"agent_instance": "tg-1"}""", await MetadataAsync(episode));
    }

    [Fact]
    public async Task Sarsa_learns_its_last_step_by_the_policy_that_the_agent_follows()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "sarsa"}""");
        await type.Grain.UpsertMany([Given.Value("t", "a", 0), Given.Value("t", "b", 100)], WriteMode.WriteBehind);
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration { ExplorationRate = 0, MinExplorationRate = 0, LearningRate = 1 });
        await agent.ActAsync("s", "a");
        Assert.Null((await agent.EarnAsync(0, "u")).Learned);
        await agent.ActAsync("u", "a");
        Assert.Equal(95, (await agent.CutAsync(0, "t")).Learned!.Value.QValue, 9);
        Assert.Equal(2 + 2, await type.VisitsAsync());
    }

    [Fact]
    public async Task What_is_reported_again_counts_once_and_is_answered_alike()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var outcome = agent.Outcome(1, "t") with { Truncated = true };
        Assert.Equal(await agent.Grain.Observe(outcome), await agent.Grain.Observe(outcome));
        Assert.Equal((1, 1), (await type.VisitsAsync(), await agent.TrajectoriesAsync()));
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(outcome with { Step = 1 }));
    }

    [Fact]
    public async Task A_trajectory_says_in_its_metadata_that_it_was_cut()
    {
        var type = await silo.AddAgentTypeAsync();
        var cut = Recorded() with { Truncated = true, MetadataJson = """{"run": 7, "truncated": false}""" };
        var other = Recorded() with { MetadataJson = """{"run": 7}""" };
        var told = Recorded() with { MetadataJson = """{"truncated": true}""" };
        await type.Grain.RecordTrajectories([cut, other, told, Recorded()]);
        Assert.Equal("""{"run": 7, "truncated": true}""", await MetadataAsync(cut.Id));
        var stored = await silo.Grains.GetGrain<IHistoryGrain>(0).GetTrajectories(new TrajectoryQuery { AgentType = type.Name });
        Assert.Equal(
            new[] { cut.Id, told.Id }.Order(), stored.Trajectories.Where(one => one.Truncated).Select(one => one.Id).Order());
        Assert.Equal(4, stored.Trajectories.Count);
    }

    private static Trajectory Recorded() => new()
    {
        TaskId = "task",
        Steps = [new TrajectoryStep(State.FromKey("s"), AgentAction.Named("a"), 1)],
        FinalState = State.FromKey("t"),
        Success = true,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    private Task<string> MetadataAsync(Guid trajectory) =>
        silo.Database.QueryAsync<string>($"select metadata::text from trajectories where trajectory_id = '{trajectory}'");
}
