namespace QLearning.Grains.Tests.Agents;

/// <summary>An episode is learned step by step, and stored as a whole when it ends.</summary>
[Collection(SharedSilo.Name)]
public sealed class EpisodeTests(SiloFixture silo)
{
    [Fact]
    public async Task Each_step_is_learned_when_its_reward_is_reported()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("s", "a", 10), Given.Value("t", "b", 20)], WriteMode.WriteBehind);
        var agent = silo.Agent(type);
        Assert.Equal("a", (await agent.ActAsync("s", "a")).Selected.Action.Key.ToString());
        var result = await agent.EarnAsync(50, "t");
        Assert.Null(result.Ended);
        Assert.Equal(15.9, result.Learned!.Value.QValue, 9);
        Assert.Equal(15.9, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
        Assert.Equal(0, await agent.TrajectoriesAsync());
    }

    [Fact]
    public async Task Steps_that_were_lost_with_their_owner_are_learned_again_before_the_next_one()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await using (var held = await type.HoldFlushesAsync())
        {
            await agent.ActAsync("s", "a");
            await agent.EarnAsync(1, "s");
            await agent.ActAsync("s", "a");
            // As another activation would: the running one stores nothing any more.
            await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{type.Name}'");
        }

        await Eventually.Holds(async () => await type.Grain.GetBestAction(Given.State("s")) is null, "a new owner, which lacks the step");
        Assert.Equal(2, (await agent.EarnAsync(1, "s")).Learned!.Value.VisitCount);
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(1, "end", done: true);
        Assert.Equal(3, await type.VisitsAsync());
    }

    [Fact]
    public async Task At_the_end_trajectory_rewards_and_statistics_are_stored_and_all_is_durable()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var episode = agent.Episode;
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(0.5, "t");
        await agent.ActAsync("t", "b");
        var ended = (await agent.EarnAsync(0.3, "end", done: true)).Ended!;
        Assert.Equal((episode, 2), (ended.TrajectoryId, ended.Steps));
        Assert.Equal(0.785, ended.DiscountedReward, 9);
        Assert.Equal(2, await type.VisitsAsync());
        Assert.Equal(
            """["s", "t"]|["a", "b"]|[0.5, 0.3]|"end"|0.8000|0.7850|t|{"agent_instance": "tg-1"}""",
            await silo.Database.QueryAsync<string>($"""
                select concat_ws(
                    '|', states_visited, actions_taken, step_rewards, final_state, total_reward, discounted_reward, success, metadata)
                from trajectories where trajectory_id = '{episode}'
                """));
        Assert.Equal(
            """s a 0.5000 immediate {"learned": true},t b 0.3000 terminal {"learned": true}""",
            await silo.Database.QueryAsync<string>($"""
                select string_agg(concat_ws(' ', state_hash, action_hash, reward_value, reward_type, metadata), ',' order by reward_id)
                from rewards where trajectory_id = '{episode}'
                """));
        Assert.Equal(
            "1|1|0|0.8000|0.8000|0.199|0.1|2|idle",
            await agent.RowAsync("total_tasks, successful_tasks, failed_tasks, total_reward, avg_reward, current_exploration_rate, "
                + "current_learning_rate, q_values_stored, status"));
        Assert.Equal((1, 0.8, 0.199), (ended.Agent.TotalTasks, ended.Agent.TotalReward, ended.Agent.ExplorationRate));
    }

    [Fact]
    public async Task Successes_failures_and_mean_rewards_are_counted()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.PlayAsync(10);
        await agent.PlayAsync(-5, success: false);
        await agent.PlayAsync(2);
        Assert.Equal("3|2|1|7.0000|2.3333|0.6667|1", await agent.RowAsync(
            "total_tasks, successful_tasks, failed_tasks, total_reward, avg_reward, success_rate, q_values_stored"));
    }

    [Fact]
    public async Task Why_a_task_failed_and_which_patterns_it_used_is_kept()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var pattern = Guid.NewGuid();
        await agent.ActAsync("s", "a");
        await agent.Grain.Observe(agent.Outcome(-50, "end", done: true, success: false) with
        {
            ErrorMessage = "timed out",
            RewardSource = "junit",
            PatternsUsed = [pattern],
        });
        Assert.Equal($"timed out|{pattern}|junit", await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', t.error_message, t.metadata -> 'patterns_used' ->> 0, r.reward_source)
            from trajectories t join rewards r using (trajectory_id) where t.agent_type = '{type.Name}'
            """));
    }

    [Fact]
    public async Task A_step_that_is_reported_again_counts_once()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var outcome = agent.Outcome(1, "t");
        var first = await agent.Grain.Observe(outcome);
        Assert.Equal(first, await agent.Grain.Observe(outcome));
        await agent.EarnAsync(1, "t");
        await agent.ActAsync("t", "b");
        var last = agent.Outcome(2, "end", done: true);
        var ended = await agent.Grain.Observe(last);
        Assert.Equal(ended, await agent.Grain.Observe(last));
        Assert.Equal(2, await type.VisitsAsync());
        Assert.Equal("1|3.0000", await agent.RowAsync("total_tasks, total_reward"));
    }

    [Fact]
    public async Task An_action_that_is_chosen_again_before_its_reward_is_known_replaces_the_first_and_says_so()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        Assert.Null((await agent.ActAsync("s", "a")).Selected.Replaced);
        Assert.Equal("a", (await agent.ActAsync("s", "b")).Selected.Replaced!.Value.Key.ToString());
        await agent.EarnAsync(1, "end", done: true);
        Assert.Null((await agent.ActAsync("s", "b")).Selected.Replaced);
        Assert.Equal("b", Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Action.ToString());
    }

    [Fact]
    public async Task An_episode_that_never_ends_leaves_what_was_learned_and_no_half_trajectory()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(10, "t");
        await agent.ActAsync("t", "b");
        agent.Renew();
        await agent.PlayAsync(1, "u", "c");
        Assert.Equal(1, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value);
        Assert.Equal(1, await agent.TrajectoriesAsync());
        Assert.Equal("1|1.0000", await agent.RowAsync("total_tasks, total_reward"));
        Assert.Equal(1, await silo.Database.QueryAsync<long>($"select count(*) from rewards where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task An_episode_whose_only_step_was_refused_may_be_begun_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        var first = new AgentDecisionRequest
        {
            EpisodeId = agent.Episode,
            State = State.FromKey("s"),
            Candidates = [AgentAction.Named("a")],
            IsKeptId = true,
        };
        await agent.Grain.SelectAction(first);
        // With these the Q-value would leave its range.
        await type.Grain.UpsertMany([Given.Value("s", "a", 999_000), Given.Value("t", "a", 999_000)], WriteMode.WriteBehind);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await agent.Grain.Observe(agent.Outcome(900_000, "t")));
        await agent.Grain.SelectAction(first with { EpisodeId = Guid.CreateVersion7() });

        await agent.Grain.SelectAction(first);
        await agent.Grain.Observe(agent.Outcome(1, "t", done: true));
        Assert.Equal(2, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).VisitCount);
    }

    [Fact]
    public async Task A_reward_without_an_action_is_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await Assert.ThrowsAsync<EpisodeLostException>(() => agent.EarnAsync(1, "t"));
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(1, "t");
        await Assert.ThrowsAsync<AgentStateException>(() => agent.EarnAsync(1, "t"));
        await agent.ActAsync("t", "a");
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.Observe(agent.Outcome(1, "t") with { Step = 5 }));
        await type.Grain.Flush();
        Assert.Equal(1, await type.VisitsAsync());
    }

    [Fact]
    public async Task An_action_at_another_step_than_the_agent_is_at_is_refused()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        var request = new AgentDecisionRequest
        {
            EpisodeId = agent.Episode,
            State = State.FromKey("s"),
            Candidates = [AgentAction.Named("a")],
            Step = 1,
        };
        await Assert.ThrowsAsync<EpisodeLostException>(async () => await agent.Grain.SelectAction(request));
        await agent.ActAsync("s", "a");
        await Assert.ThrowsAsync<AgentStateException>(async () => await agent.Grain.SelectAction(request));
    }

    [Fact]
    public async Task The_exploration_rate_decays_at_each_end_and_stops_at_the_minimum()
    {
        var agent = silo.Agent(await silo.AddAgentTypeAsync());
        await agent.Grain.Register(new AgentRegistration { ExplorationRate = 0.0102 });
        Assert.Equal(0.0102 * 0.995, (await agent.PlayAsync(1)).Agent.ExplorationRate, 12);
        for (var i = 0; i < 5; i++)
        {
            await agent.PlayAsync(1);
        }

        Assert.Equal("0.01", await agent.RowAsync("current_exploration_rate"));
    }

    [Fact]
    public async Task Sarsa_learns_a_step_with_the_action_that_was_chosen_next()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "sarsa"}""");
        await type.Grain.UpsertMany([Given.Value("t", "good", 20), Given.Value("t", "poor", -10)], WriteMode.WriteBehind);
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        Assert.Null((await agent.EarnAsync(50, "t")).Learned);
        Assert.Empty(await type.Grain.GetQValues(Given.State("s")));
        await Assert.ThrowsAsync<InvalidInputException>(() => agent.ActAsync("u", "poor"));
        await agent.ActAsync("t", "poor");
        Assert.Equal(0.1 * (50 + (0.95 * -10)), Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
        await agent.EarnAsync(0, "end", done: true);
        Assert.Equal(2 + 2, await type.VisitsAsync());
    }

    [Fact]
    public async Task Agents_of_one_type_learn_one_table()
    {
        var type = await silo.AddAgentTypeAsync();
        await silo.Agent(type, "one").PlayAsync(10);
        await silo.Agent(type, "two").PlayAsync(10);
        Assert.Equal(1.9, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value, 9);
        Assert.Equal("1|0", await silo.Agent(type, "two").RowAsync("total_tasks, q_values_stored"));
    }
}
