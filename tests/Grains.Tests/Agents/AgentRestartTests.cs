using Orleans.Core.Internal;

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
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(last with { Step = 1 }));
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(last with { Done = false }));
        foreach (var isRestored in (bool[])[false, true])
        {
            if (isRestored)
            {
                await silo.StopSiloAsync();
                await silo.StartSiloAsync();
                await agent.Grain.RestoreEpisode(Snapshot(agent, new StateAction(State.FromKey("s"), AgentAction.Named("a"))));
            }

            var ended = (await agent.Grain.Observe(last)).Ended!;
            Assert.Equal((1, 5), (ended.Steps, ended.TotalReward));
        }

        Assert.Equal(1, await type.VisitsAsync());
        Assert.Equal("1|5.0000", await agent.RowAsync("total_tasks, total_reward"));
    }

    [Fact]
    public async Task Restoring_an_episode_that_is_stored_leaves_the_one_that_runs()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var first = agent.Episode;
        await agent.PlayAsync(1);
        await agent.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await agent.ActAsync("s", "a");
        await agent.Grain.RestoreEpisode(new EpisodeSnapshot
        {
            EpisodeId = first,
            TaskId = "task",
            StartedAt = DateTimeOffset.UnixEpoch,
            Steps = [],
            Acting = new StateAction(State.FromKey("s"), AgentAction.Named("a")),
        });
        Assert.Equal((1, 7.0), ((await agent.EarnAsync(7, "end", done: true)).Ended!.Steps, (await agent.Grain.Get()).TotalReward - 1));
        Assert.Equal((2, 2), (await agent.TrajectoriesAsync(), await type.VisitsAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_last_step_whose_state_was_forgotten_after_it_was_learned_ends_its_episode(bool isItsOwnClient)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var last = agent.Outcome(5, "end", done: true);
        last = isItsOwnClient ? last with { Update = new UpdateId(agent.Episode, 1, 1) } : last;
        var acted = new StateAction(State.FromKey("s"), AgentAction.Named("a"));
        var step = new Transition { State = acted.State, Action = acted.Action, Reward = 5, NextState = last.NextState, Done = true };
        await type.Grain.Apply(new UpdateBatch
        {
            ClientId = last.Update.ClientId,
            SettledBelow = 1,
            Groups = [new UpdateGroup { Number = last.Update.Number, Transitions = [step] }],
            Mode = WriteMode.Durable,
        });
        Assert.Equal(1, await silo.Client.AgentType(type.Name).ForgetAsync(Given.State("s")));

        if (!isItsOwnClient)
        {
            // Nobody knows yet whether its caller gave the episode up.
            await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(last));
            await agent.Grain.RestoreEpisode(Snapshot(agent, acted));
        }

        Assert.Equal((1, 5.0), ((await agent.Grain.Observe(last)).Ended!.Steps, (await agent.Grain.Get()).TotalReward));
        Assert.Equal((1, 0), (await agent.TrajectoriesAsync(), await type.VisitsAsync()));
    }

    [Fact]
    public async Task An_agent_whose_ended_episode_is_refused_when_its_grain_goes_is_shown_at_rest()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration());
        await agent.Grain.BeginSession(session.Id);
        await agent.ActAsync("s", "a");
        await Eventually.Holds(async () => await agent.RowAsync("status") == "learning", "a long episode is shown");
        await silo.Database.ExecuteInAsync($"""
            alter table trajectories add constraint not_now check (agent_type <> '{type.Name}') not valid
            """);
        var last = agent.Outcome(5, "end", done: true);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await agent.Grain.Observe(last));
        await silo.Database.ExecuteInAsync("alter table trajectories drop constraint not_now");
        await silo.Database.ExecuteInAsync($"delete from sessions where session_id = '{session.Id}'");

        await agent.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        await Eventually.Holds(async () => await agent.RowAsync("status") is "idle" or "active", "the agent is shown at rest");
        Assert.Equal((0, 1), (await agent.TrajectoriesAsync(), await type.VisitsAsync()));
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.Observe(last));
    }

    /// <summary>An episode in its first step.</summary>
    private static EpisodeSnapshot Snapshot(TestAgent agent, StateAction acting) => new()
    {
        EpisodeId = agent.Episode,
        TaskId = "task",
        StartedAt = DateTimeOffset.UnixEpoch,
        Steps = [],
        Acting = acting,
    };
}
