using System.Globalization;

namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>What SQL programs write into the row of an agent in memory is followed; a row that they delete stays deleted.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentRowTests(SiloFixture silo)
{
    [Fact]
    public async Task The_learning_rate_that_SQL_sets_is_learned_with()
    {
        var (type, agent) = await PlayingAsync();
        await SetAsync(agent, "current_learning_rate = 0.5");
        await Eventually.Holds(async () => (await agent.Grain.Get()).LearningRate.Equals(0.5), "the rate to be shown");
        await agent.PlayAsync(8, state: "other");
        Assert.Equal(4, (await type.Grain.GetBestAction(Given.State("other")))!.QValue);
        Assert.Equal("0.5|0.5", await agent.RowAsync("current_learning_rate, metadata ->> 'learningRate'"));
    }

    [Theory]
    [InlineData("0.7", 0.7, """{"learningRate": 0.7}""")]
    [InlineData("0.1", 0.1, "{}")]
    public async Task The_learning_rate_that_SQL_inserts_is_learned_with(string inserted, double rate, string metadata)
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type, "inserted");
        await silo.Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('{type.Name}', 'inserted', 0.2, {inserted})
            """);
        Assert.Equal(rate, (await agent.Grain.Get()).LearningRate);
        await agent.PlayAsync(8);
        Assert.Equal(8 * rate, (await type.Grain.GetBestAction(Given.State("s")))!.QValue, 9);
        Assert.Equal($"{inserted}|{metadata}", await agent.RowAsync("current_learning_rate::float8, metadata"));
    }

    [Fact]
    public async Task The_type_s_learning_rate_is_no_agents_own_when_the_cluster_registers_it()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.Grain.Register(new AgentRegistration());
        Assert.Equal("{}", await agent.RowAsync("metadata"));
        await silo.Database.ExecuteInAsync($"update agent_types set learning_rate = 0.5 where agent_type = '{type.Name}'");
        await Eventually.Holds(
            async () =>
            {
                await agent.PlayAsync(1);
                return await agent.RowAsync("current_learning_rate::float8, metadata") == "0.5|{}";
            },
            "the type's new rate to be learned with");
    }

    [Fact]
    public async Task The_exploration_rate_that_SQL_sets_is_followed_and_decays_from_there()
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, "current_exploration_rate = 0.8");
        await agent.ActAsync("s", "a");
        await agent.EarnAsync(1, "end", done: true);
        await Eventually.Holds(async () => (await agent.Grain.Get()).ExplorationRate >= 0.79, "the rate to be followed");
        await agent.PlayAsync(1);
        Assert.Equal("t", await agent.RowAsync("(current_exploration_rate between 0.78 and 0.8)::text::char"));
    }

    [Fact]
    public async Task An_agent_that_SQL_pauses_stops_and_goes_on_when_SQL_says_so()
    {
        var (_, agent) = await PlayingAsync();
        await agent.ActAsync("s", "a");
        await SetAsync(agent, "status = 'paused'");
        await Eventually.Holds(async () => (await agent.Grain.Get()).Status == AgentStatus.Paused, "the pause to be seen");
        await Assert.ThrowsAsync<AgentStateException>(() => agent.EarnAsync(1, "end", done: true));
        Assert.Equal("paused", await agent.RowAsync("status"));
        await SetAsync(agent, "status = 'idle'");
        await Eventually.Holds(async () => (await agent.Grain.Get()).Status != AgentStatus.Paused, "its end to be seen");
        Assert.NotNull((await agent.EarnAsync(1, "end", done: true)).Ended);
        Assert.Equal("idle|2", await agent.RowAsync("status, total_tasks"));
    }

    [Fact]
    public async Task A_row_deleted_in_an_episode_does_not_come_back_with_its_end()
    {
        var (_, agent) = await PlayingAsync();
        await agent.ActAsync("s", "a");
        await DeleteAsync(agent);
        Assert.NotNull((await agent.EarnAsync(1, "end", done: true)).Ended);
        Assert.Equal(("none", 2), (await agent.RowAsync("total_tasks"), await agent.TrajectoriesAsync()));
        await agent.PlayAsync(1);
        Assert.Equal("1", await agent.RowAsync("total_tasks"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_whose_row_was_deleted_begins_a_session(bool isSeen)
    {
        var (type, agent) = await PlayingAsync();
        var session = await silo.StartSessionAsync(type);
        await DeleteAsync(agent);
        if (isSeen)
        {
            await Eventually.Holds(
                async () => await Record.ExceptionAsync(async () => await agent.Grain.Get()) is UnknownAgentException,
                "the agent to be gone");
        }

        Assert.Equal(session.Id, (await agent.Grain.BeginSession(session.Id)).SessionId);
        await agent.PlayAsync(1);
        Assert.Equal("active|1", await agent.RowAsync("status, total_tasks"));
    }

    [Theory]
    [InlineData("begin")]
    [InlineData("start")]
    [InlineData("leave")]
    public async Task A_stop_that_SQL_writes_just_before_a_session_call_stays(string call)
    {
        var (type, agent) = await PlayingAsync();
        var session = await silo.StartSessionAsync(type);
        if (call == "leave")
        {
            await agent.Grain.BeginSession(session.Id);
        }

        await SetAsync(agent, """status = 'error', metadata = metadata || '{"error": "no disk"}'""");
        await (call switch
        {
            "begin" => agent.Grain.BeginSession(session.Id).AsTask(),
            "start" => agent.Grain.StartSession(Guid.NewGuid(), new SessionStart { AgentType = type.Name }).AsTask(),
            _ => (Task)agent.Grain.LeaveSession().AsTask(),
        });
        Assert.Equal("error|no disk", await agent.RowAsync("status, metadata ->> 'error'"));
        Assert.Equal(call != "leave" ? "t" : "f", await agent.RowAsync("(metadata -> 'sessionId' is not null)::text::char"));
        Assert.Equal((AgentStatus.Error, "no disk"), ((await agent.Grain.Get()).Status, (await agent.Grain.Get()).Error));
        await Assert.ThrowsAsync<AgentStateException>(() => agent.ActAsync("s", "a"));
    }

    [Fact]
    public async Task An_agent_that_is_resumed_just_after_SQL_paused_it_goes_on()
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, "status = 'paused'");
        Assert.Equal(AgentStatus.Idle, (await agent.Grain.Resume()).Status);
        Assert.Equal("idle", await agent.RowAsync("status"));
    }

    [Fact]
    public async Task A_pause_leaves_what_SQL_wrote_just_before_it_in_metadata()
    {
        var (type, agent) = await PlayingAsync();
        var session = await silo.StartSessionAsync(type);
        await SetAsync(agent, $$"""metadata = '{"sessionId": "{{session.Id}}", "error": "no disk", "mine": 1}'""");
        Assert.Equal((AgentStatus.Paused, session.Id), ((await agent.Grain.Pause()).Status, (await agent.Grain.Get()).SessionId));
        Assert.Equal(
            $"no disk|{session.Id}|1", await agent.RowAsync("metadata ->> 'error', metadata ->> 'sessionId', metadata ->> 'mine'"));
    }

    [Fact]
    public async Task Rates_that_SQL_writes_just_before_others_are_changed_stay()
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, """current_exploration_rate = 0.8, metadata = '{"explorationDecay": 0.5}'""");
        var changed = await agent.Grain.ChangeRates(new AgentRegistration { LearningRate = 1 });
        Assert.Equal((0.8, 1.0), (changed.ExplorationRate, changed.LearningRate));
        Assert.Equal(
            """0.8|1|{"learningRate": 1, "explorationDecay": 0.5}""",
            await agent.RowAsync("current_exploration_rate::float8, current_learning_rate::float8, metadata"));
        await SetAsync(agent, "current_learning_rate = 0.6");
        changed = await agent.Grain.ChangeRates(new AgentRegistration { ExplorationRate = 0.4 });
        Assert.Equal((0.4, 0.6), (changed.ExplorationRate, changed.LearningRate));
        Assert.Equal(0.2, (await agent.PlayAsync(1)).Agent.ExplorationRate, 9);
    }

    [Fact]
    public async Task Agents_that_SQL_truncates_are_gone()
    {
        var (_, agent) = await PlayingAsync();
        await silo.Database.ExecuteInAsync("truncate agent_states cascade");
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await agent.Grain.Get()) is UnknownAgentException, "the agent to be gone");
        Assert.Equal(1, (await agent.PlayAsync(1)).Agent.TotalTasks);
    }

    [Fact]
    public async Task Counters_that_SQL_set_to_their_end_stay_there_and_episodes_are_stored()
    {
        const int End = int.MaxValue;
        var (type, agent) = await PlayingAsync();
        var session = await silo.StartSessionAsync(type);
        await agent.Grain.BeginSession(session.Id);
        await silo.Database.ExecuteInAsync($"update sessions set task_count = {End} where session_id = '{session.Id}'");
        await SetAsync(agent, $"total_tasks = {End}, successful_tasks = {End - 1}, failed_tasks = 1, q_values_stored = {End}");
        Assert.Equal((End, End), ((await agent.PlayAsync(1, "new")).Agent.TotalTasks, (await agent.Grain.Get()).QValuesStored));
        Assert.Equal(
            $"{End}|{End - 1}|1|{End}", await agent.RowAsync("total_tasks, successful_tasks, failed_tasks, q_values_stored"));
        Assert.Equal(
            End, await silo.Database.QueryAsync<int>($"select task_count from sessions where session_id = '{session.Id}'"));
        Assert.Equal(2, await agent.TrajectoriesAsync());
    }

    [Theory]
    [InlineData("total_tasks = 0, successful_tasks = 40", "1|1|0")]
    [InlineData("total_tasks = 5, successful_tasks = 40", "6|6|0")]
    [InlineData("total_tasks = -5, successful_tasks = 40", "-4|0|0")]
    [InlineData("total_tasks = 0, successful_tasks = -40", "1|0|0")]
    public async Task Counters_that_SQL_set_apart_refuse_no_episode(string counters, string after)
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, $"{counters}, failed_tasks = 0");

        await agent.PlayAsync(1);

        Assert.Equal(after, await agent.RowAsync("total_tasks, successful_tasks, failed_tasks"));
        Assert.Equal(2, await agent.TrajectoriesAsync());
    }

    [Theory]
    [InlineData("\"0.5\"", 0.5, null)]
    [InlineData("\" 50e-2\"", 0.5, null)]
    [InlineData("null", 0.1, null)]
    [InlineData("\"much\"", 0.1, "learningRate is \"much\"")]
    public async Task A_learning_rate_in_metadata_is_read_as_in_that_of_a_type_and_shown(string json, double rate, string? problem)
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, "current_learning_rate = 0.25");
        await SetAsync(agent, $$"""metadata = metadata || '{"learningRate": {{json}}}'""");
        await Eventually.Holds(
            async () => (await agent.PlayAsync(1, $"s-{Guid.NewGuid():N}")).Agent is { } info && info.LearningRate.Equals(rate)
                && ((info.SettingsError ?? "none").StartsWith(problem ?? "none", StringComparison.Ordinal)),
            "the rate to be learned with");

        if (problem is null)
        {
            Assert.Equal(rate.ToString(CultureInfo.InvariantCulture), await agent.RowAsync("current_learning_rate::float8"));
        }
    }

    [Theory]
    [InlineData("""current_learning_rate = 0.3, metadata = '{"mine": 1}'""", 0.3, "0.3|0.3")]
    [InlineData("""current_learning_rate = 0.3, metadata = '{"learningRate": null}'""", 0.3, "0.3|0.3")]
    [InlineData("""current_learning_rate = 0.3, metadata = '{"learningRate": 0.4}'""", 0.4, "0.4|0.4")]
    [InlineData("current_learning_rate = 0.1, metadata = metadata - 'learningRate'", 0.1, "0.1")]
    public async Task The_learning_rate_that_SQL_sets_is_shown_and_learned_with_whatever_else_it_writes(
        string set, double rate, string shown)
    {
        var (type, agent) = await PlayingAsync();
        await SetAsync(agent, "current_learning_rate = 0.25");
        await SetAsync(agent, set);

        await Eventually.Holds(async () => (await agent.Grain.Get()).LearningRate.Equals(rate) || rate is 0.4, "the rate to be shown");
        await Eventually.Holds(
            async () =>
            {
                var state = $"s-{Guid.NewGuid():N}";
                await agent.PlayAsync(8, state);
                return Math.Abs((await type.Grain.GetBestAction(Given.State(state)))!.QValue - (8 * rate)) < 1e-9;
            },
            "the rate to be learned with");

        Assert.Equal(shown, await agent.RowAsync("current_learning_rate::float8, metadata ->> 'learningRate'"));
    }

    [Fact]
    public async Task A_rate_that_SQL_inserts_beside_one_that_is_null_is_learned_with()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type, "inserted-null");
        await silo.Database.ExecuteInAsync($$"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, metadata)
            values ('{{type.Name}}', 'inserted-null', 0.2, 0.7, '{"learningRate": null}')
            """);

        await agent.PlayAsync(8);

        Assert.Equal(5.6, (await type.Grain.GetBestAction(Given.State("s")))!.QValue, 9);
    }

    [Fact]
    public async Task A_misspelt_setting_of_an_agent_is_told_with_the_nearest_name()
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, """metadata = '{"explorationdecay": 0.5, "error_code": 7}'""");

        await Eventually.Holds(
            async () => (await agent.Grain.Get()).SettingsError
                == "metadata has 'explorationdecay', which is no setting; did you mean 'explorationDecay'?",
            "the name to be told");
    }

    [Theory]
    [InlineData("'NaN'")]
    [InlineData("9")]
    [InlineData("-3")]
    public async Task An_exploration_rate_that_cannot_be_used_is_mended_by_the_next_episode(string rate)
    {
        var (_, agent) = await PlayingAsync();
        await SetAsync(agent, $"current_exploration_rate = {rate}");
        await Eventually.Holds(async () => (await agent.Grain.Get()).SettingsError is not null, "the rate to be seen");
        var used = (await agent.PlayAsync(1)).Agent.ExplorationRate;
        Assert.Equal(used, await silo.Database.QueryAsync<double>($"""
            select current_exploration_rate::float8 from agent_states
            where agent_type = '{agent.Key.AgentType}' and agent_instance_id = '{agent.Key.Instance}'
            """));
        await SetAsync(agent, "patterns_learned = 1");
        await Eventually.Holds(async () => (await agent.Grain.Get()).SettingsError is null, "the row to be read again");
        Assert.Equal(used, (await agent.Grain.Get()).ExplorationRate);
    }

    private async Task<(TestAgentType Type, TestAgent Agent)> PlayingAsync()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.PlayAsync(1);
        return (type, agent);
    }

    private Task<int> SetAsync(TestAgent agent, string what) => silo.Database.ExecuteInAsync(
        $"update agent_states set {what} where agent_type = '{agent.Key.AgentType}' and agent_instance_id = '{agent.Key.Instance}'");

    private Task<int> DeleteAsync(TestAgent agent) => silo.Database.ExecuteInAsync(
        $"delete from agent_states where agent_type = '{agent.Key.AgentType}' and agent_instance_id = '{agent.Key.Instance}'");
}
