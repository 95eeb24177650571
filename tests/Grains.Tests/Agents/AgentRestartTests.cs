namespace QLearning.Grains.Tests.Agents;

/// <summary>What an agent is outlives its silo.</summary>
public sealed class AgentRestartTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task Statistics_exploration_rate_session_and_settings_are_there_after_a_restart()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration { ExplorationRate = 0.8, ExplorationDecay = 0.5, LearningRate = 0.5 });
        await agent.Grain.BeginSession(session.Id);
        await agent.PlayAsync(10);
        var before = await agent.Grain.Get();
        await silo.StopSiloAsync();
        await silo.StartSiloAsync();
        var after = await agent.Grain.Get();
        Assert.Equal(
            (before.ExplorationRate, before.TotalTasks, before.TotalReward, before.SessionId, before.LearningRate, before.Status),
            (after.ExplorationRate, after.TotalTasks, after.TotalReward, after.SessionId, after.LearningRate, after.Status));
        Assert.Equal(0.2, (await agent.PlayAsync(10)).Agent.ExplorationRate, 9);
        Assert.Equal(7.5, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
        Assert.Equal("2|20.0000", await agent.RowAsync("total_tasks, total_reward"));
    }

    [Fact]
    public async Task An_episode_that_was_lost_with_its_silo_can_be_restored_and_ended()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(10, "t");
        await agent.ActAsync("t", "b");
        await silo.StopSiloAsync();
        await silo.StartSiloAsync();
        await Assert.ThrowsAsync<EpisodeLostException>(() => agent.EarnAsync(5, "end", done: true));
        await agent.Grain.RestoreEpisode(new EpisodeSnapshot
        {
            EpisodeId = agent.Episode,
            TaskId = "task",
            StartedAt = DateTimeOffset.UnixEpoch,
            Steps = [new TrajectoryStep(State.FromKey("s"), AgentAction.Named("a"), 10)],
            Acting = new StateAction(State.FromKey("t"), AgentAction.Named("b")),
            NewQValues = 1,
        });
        var ended = (await agent.EarnAsync(5, "end", done: true)).Ended!;
        Assert.Equal((2, 15), (ended.Steps, ended.TotalReward));
        Assert.Equal(2, await type.VisitsAsync());
        Assert.Equal("1|15.0000|2", await agent.RowAsync("total_tasks, total_reward, q_values_stored"));
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_with_its_silo_is_not_stored_twice()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var last = agent.Outcome(5, "end", done: true);
        await agent.Grain.Observe(last);
        await silo.StopSiloAsync();
        await silo.StartSiloAsync();
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(last));
        await agent.Grain.RestoreEpisode(new EpisodeSnapshot
        {
            EpisodeId = agent.Episode,
            TaskId = "task",
            StartedAt = DateTimeOffset.UnixEpoch,
            Steps = [],
            Acting = new StateAction(State.FromKey("s"), AgentAction.Named("a")),
        });
        var ended = (await agent.Grain.Observe(last)).Ended!;
        Assert.Equal((1, 5), (ended.Steps, ended.TotalReward));
        Assert.Equal(1, await type.VisitsAsync());
        Assert.Equal("1|5.0000", await agent.RowAsync("total_tasks, total_reward"));
    }
}
