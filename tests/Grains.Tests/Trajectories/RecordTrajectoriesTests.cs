using System.Globalization;

namespace QLearning.Grains.Tests.Trajectories;

/// <summary>Whole episodes are stored once, with a reward for each step, and teach nothing.</summary>
[Collection(SharedSilo.Name)]
public sealed class RecordTrajectoriesTests(SiloFixture silo)
{
    private static readonly DateTimeOffset _start = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, (Trajectory? Trajectory, string Words)> Bad { get; } = new()
    {
        ["none at all"] = (null, "trajectory"),
        ["no steps"] = (Episode() with { Steps = [] }, "it has no steps"),
        ["no list of steps"] = (Episode() with { Steps = null! }, "it has no steps"),
        ["too many steps"] =
            (Episode() with { Steps = [.. Enumerable.Repeat(Step("s", "a", 0), QLimits.MaxBatch + 1)] }, "number of steps '10003'"),
        ["empty id"] = (Episode() with { Id = Guid.Empty }, "trajectory id"),
        ["no start"] = (Episode() with { StartedAt = default }, "it is not set"),
        ["no start in another zone"] =
            (Episode() with { StartedAt = new DateTimeOffset(1, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)) }, "it is not set"),
        ["start in the future"] =
            (Episode() with { StartedAt = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero) }, "too far in the future"),
        ["start at the end of time"] = (Episode() with { StartedAt = DateTimeOffset.MaxValue }, "start of the trajectory"),
        ["no task"] = (Episode() with { TaskId = string.Empty }, "task id"),
        ["task too long"] = (Episode() with { TaskId = new string('t', 101) }, "101 characters"),
        ["task with NUL"] = (Episode() with { TaskId = "a\0b" }, "NUL"),
        ["source too long"] = (Episode() with { RewardSource = new string('t', 101) }, "reward source"),
        ["error message with NUL"] = (Episode() with { ErrorMessage = "\0" }, "error message"),
        ["negative time"] = (Episode() with { ExecutionTime = TimeSpan.FromTicks(-1) }, "execution time"),
        ["endless time"] = (Episode() with { ExecutionTime = TimeSpan.FromDays(25) }, "execution time"),
        ["empty state key"] = (Episode() with { Steps = [new TrajectoryStep(default, AgentAction.Named("a"), 1)] }, "state key"),
        ["empty action key"] = (Episode() with { Steps = [new TrajectoryStep(State.FromKey("s"), default, 1)] }, "action key"),
        ["empty final state key"] = (Episode() with { FinalState = default }, "state key"),
        ["reward NaN"] = (Episode() with { Steps = [Step("s", "a", double.NaN)] }, "NaN"),
        ["reward infinite"] = (Episode() with { Steps = [Step("s", "a", double.NegativeInfinity)] }, "absolute sum is"),
        ["rewards too large together"] = (Episode() with { Steps = [Step("s", "a", 6e7), Step("s", "a", -6e7)] }, "absolute sum is"),
        ["metadata is no JSON"] = (Episode() with { MetadataJson = "{" }, "metadata"),
        ["metadata is no object"] = (Episode() with { MetadataJson = "7" }, "metadata"),
        ["discounted reward NaN"] = (Episode() with { DiscountedReward = double.NaN }, "discounted reward"),
        ["discounted reward too large"] = (Episode() with { DiscountedReward = 1e8 }, "discounted reward"),
    };

    [Fact]
    public async Task An_episode_is_stored_when_it_is_acknowledged()
    {
        var type = await silo.AddAgentTypeAsync();
        var episode = Episode() with { MetadataJson = """{"patterns_used": []}""", RewardSource = "coverage", ErrorMessage = "timed out" };
        await type.Grain.RecordTrajectories([episode]);
        var row = await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', task_id, initial_state, final_state, actions_taken, states_visited, step_rewards, total_reward,
                             discounted_reward, execution_time_ms, success, error_message, metadata)
            from trajectories where agent_type = '{type.Name}' and trajectory_id = '{episode.Id}'
            """);
        Assert.Equal(
            """task-1|"s"|{"done": true}|["a", "b"]|["s", "t"]|[0.5, 0.3]|0.8000|0.7850|1500|f|timed out|{"patterns_used": []}""", row);
        Assert.Equal("s a 0.5000 immediate coverage,t b 0.3000 terminal coverage", await RewardsAsync(type));
        Assert.Equal(0, (await type.Grain.GetStatistics()).QValues);
    }

    [Fact]
    public async Task Ids_that_two_episodes_of_a_call_have_or_one_of_another_type_are_refused_and_nothing_is_stored()
    {
        var (type, other) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        var (episode, stored) = (Episode(), Episode());
        await other.Grain.RecordTrajectories([stored]);

        var twice = await Assert.ThrowsAsync<InvalidInputException>(
            async () => await type.Grain.RecordTrajectories([episode, episode with { TaskId = "other" }]));
        var taken = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.RecordTrajectories([episode, stored]));

        Assert.Contains($"'{episode.Id}' is not allowed: two trajectories of the call have it", twice.Message, StringComparison.Ordinal);
        Assert.Contains($"'{stored.Id}' is not allowed: another trajectory has it", taken.Message, StringComparison.Ordinal);
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from trajectories where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task An_episode_in_a_session_moves_the_sessions_counters_once()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var (first, second) = (Episode() with { SessionId = session.Id }, Episode() with { SessionId = session.Id });
        await type.Grain.RecordTrajectories([first, second]);
        await type.Grain.RecordTrajectories([second, Episode() with { SessionId = session.Id }]);
        var stored = await silo.Grains.GetGrain<ISessionGrain>(session.Id).Get();
        Assert.Equal((3, 2.4), (stored.TaskCount, Math.Round(stored.TotalReward, 4)));
        Assert.Equal(6, await silo.Database.QueryAsync<long>($"select count(*) from rewards where session_id = '{session.Id}'"));
    }

    [Fact]
    public async Task What_is_stored_may_be_sent_again_when_its_session_is_over()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        Trajectory[] stored = [Episode() with { SessionId = session.Id }, Episode() with { SessionId = session.Id }];
        await type.Grain.RecordTrajectories(stored);
        await silo.Grains.GetGrain<ISessionGrain>(session.Id).End(SessionStatus.Completed);

        await type.Grain.RecordTrajectories(stored);
        await type.Grain.RecordTrajectories([.. stored, Episode()]);
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await type.Grain.RecordTrajectories([stored[0], Episode() with { SessionId = session.Id }]));

        Assert.Equal(2, (await silo.Grains.GetGrain<ISessionGrain>(session.Id).Get()).TaskCount);
        Assert.Equal(
            3, await silo.Database.QueryAsync<long>($"select count(*) from trajectories where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task A_session_that_is_foreign_unknown_or_over_is_refused_and_nothing_is_stored()
    {
        var type = await silo.AddAgentTypeAsync();
        var foreign = await silo.StartSessionAsync(await silo.AddAgentTypeAsync());
        var over = await silo.StartSessionAsync(type);
        await silo.Grains.GetGrain<ISessionGrain>(over.Id).End(SessionStatus.Completed);
        await RefusedAsync<InvalidInputException>(foreign.Id);
        await RefusedAsync<InvalidInputException>(over.Id);
        await RefusedAsync<UnknownSessionException>(Guid.NewGuid());
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from trajectories where agent_type = '{type.Name}'"));

        Task RefusedAsync<T>(Guid session)
            where T : Exception =>
            Assert.ThrowsAsync<T>(async () => await type.Grain.RecordTrajectories([Episode(), Episode() with { SessionId = session }]));
    }

    [Theory]
    [InlineData(new[] { 0.5, 0.3 }, 0.785)]
    [InlineData(new[] { 0.6, 0.4 }, 0.98)]
    [InlineData(new[] { 0.5, 0.25 }, 0.7375)]
    public async Task The_discounted_reward_has_the_discount_factor_of_the_type(double[] rewards, double expected)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.RecordTrajectories([Episode() with { Steps = [.. rewards.Select(reward => Step("s", "a", reward))] }]);
        Assert.Equal(expected, await silo.Database.QueryAsync<double>(
            $"select discounted_reward::float8 from trajectories where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task An_episode_that_is_sent_again_is_stored_once()
    {
        var type = await silo.AddAgentTypeAsync();
        var (episode, other) = (Episode(), Episode());
        await type.Grain.RecordTrajectories([episode]);
        await type.Grain.RecordTrajectories([episode, other]);
        Assert.Equal((2, 4), (await CountAsync("trajectories", type), await CountAsync("rewards", type)));
    }

    [Fact]
    public async Task Episodes_sent_at_once_are_all_stored()
    {
        var type = await silo.AddAgentTypeAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => type.Grain.RecordTrajectories([Episode(), Episode()]).AsTask()));
        Assert.Equal((100, 200), (await CountAsync("trajectories", type), await CountAsync("rewards", type)));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task Episodes_are_checked_and_stored_all_or_none(string flaw)
    {
        var (episode, words) = Bad[flaw];
        var type = await silo.AddAgentTypeAsync();
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            async () => await type.Grain.RecordTrajectories([Episode(), episode!]));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (await CountAsync("trajectories", type), await CountAsync("rewards", type)));
    }

    [Fact]
    public async Task Episodes_of_an_unregistered_type_are_refused()
    {
        var grain = silo.Grains.GetGrain<IAgentTypeGrain>("no-such-type");
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await grain.RecordTrajectories([Episode()]));
    }

    private static TrajectoryStep Step(string state, string action, double reward) =>
        new(State.FromKey(state), AgentAction.Named(action), reward);

    private static Trajectory Episode() => new()
    {
        TaskId = "task-1",
        Steps = [Step("s", "a", 0.5), Step("t", "b", 0.3)],
        FinalState = State.FromJson("""{"done":true}"""),
        Success = false,
        StartedAt = _start,
        ExecutionTime = TimeSpan.FromMilliseconds(1500),
    };

    private Task<string> RewardsAsync(TestAgentType type) => silo.Database.QueryAsync<string>($"""
        select string_agg(
            concat_ws(' ', r.state_hash, r.action_hash, r.reward_value, r.reward_type, r.reward_source), ',' order by r.reward_id)
        from rewards r join trajectories t using (trajectory_id) where r.agent_type = '{type.Name}'
        """);

    private async Task<int> CountAsync(string table, TestAgentType type) => Convert.ToInt32(
        await silo.Database.QueryAsync<long>($"select count(*) from {table} where agent_type = '{type.Name}'"),
        CultureInfo.InvariantCulture);
}
