namespace QLearning.Grains.Tests.Rewards;

/// <summary>Stored rewards are read back: of a trajectory, a session, a state and action.</summary>
[Collection(SharedSilo.Name)]
public sealed class RewardListTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, RewardQuery?> Bad { get; } = new()
    {
        ["none"] = null,
        ["no agent type"] = new() { AgentType = string.Empty },
        ["limit 0"] = new() { AgentType = "t", Limit = 0 },
        ["limit 1001"] = new() { AgentType = "t", Limit = 1001 },
        ["empty state"] = new() { AgentType = "t", State = default(StateKey) },
        ["empty action"] = new() { AgentType = "t", Action = default(ActionKey) },
    };

    [Fact]
    public async Task Every_reward_is_listed_once_the_newest_first()
    {
        var type = await silo.AddAgentTypeAsync();
        foreach (var episode in Enumerable.Range(0, 5))
        {
            await type.Grain.RecordTrajectories([Episode(episode, steps: 4)]);
        }

        var rewards = silo.Client.AgentType(type.Name);
        var all = await Pages.AllAsync<StoredReward, RewardCursor>(6, async after =>
        {
            var page = await rewards.GetRewardsAsync(new RewardQuery { AgentType = type.Name, Limit = 6, After = after });
            return (page.Rewards, page.Next);
        });
        Assert.Equal(20, all.DistinctBy(reward => reward.Id).Count());
        Assert.Equal(all.OrderByDescending(reward => (reward.ObservedAt, reward.Id)), all);
    }

    [Fact]
    public async Task Rewards_are_found_by_trajectory_session_state_and_action()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var (inside, outside) = (Episode(1, steps: 3) with { SessionId = session.Id }, Episode(2, steps: 2));
        await type.Grain.RecordTrajectories([inside, outside]);
        var query = new RewardQuery { AgentType = type.Name };
        Assert.Equal([2, 2], await ValuesAsync(type, query with { TrajectoryId = outside.Id }));
        Assert.Equal([1, 1, 1], await ValuesAsync(type, query with { SessionId = session.Id }));
        Assert.Equal([1, 2], await ValuesAsync(type, query with { State = Given.State("s1"), Action = ActionKey.Parse("a1") }));
        Assert.Empty(await ValuesAsync(type, query with { State = Given.State("s1"), Action = ActionKey.Parse("a2") }));
        var last = (await silo.Client.AgentType(type.Name).GetRewardsAsync(query with { TrajectoryId = inside.Id })).Rewards
            .Single(reward => reward.Type == "terminal");
        Assert.Equal((type.Name, session.Id, "s2", "a2"), (last.AgentType, last.SessionId, last.State, last.Action));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_query_that_is_not_allowed_is_refused(string flaw) => await Assert.ThrowsAsync<InvalidInputException>(
        async () => await silo.Grains.GetGrain<IHistoryGrain>(0).ListRewards(Bad[flaw]!));

    private async Task<IEnumerable<double>> ValuesAsync(TestAgentType type, RewardQuery query) =>
        (await silo.Client.AgentType(type.Name).GetRewardsAsync(query)).Rewards.Select(reward => reward.Reward).Order();

    private static Trajectory Episode(double reward, int steps) => new()
    {
        TaskId = "t",
        Steps = [.. Enumerable.Range(0, steps).Select(i => new TrajectoryStep(
            State.FromKey($"s{i}"), AgentAction.Named($"a{i}"), reward))],
        FinalState = State.FromKey("end"),
        StartedAt = TimeProvider.System.GetUtcNow(),
        ExecutionTime = TimeSpan.FromSeconds(1),
        Success = true,
    };
}
