namespace QLearning.Grains.Tests.Rewards;

/// <summary>A reward that comes late is learned from when it comes, and stored, once.</summary>
[Collection(SharedSilo.Name)]
public sealed class DelayedRewardTests(SiloFixture silo)
{
    public static TheoryData<string> Flaws => [.. Bad.Keys];

    private static Dictionary<string, Func<DelayedReward, DelayedReward?>> Bad { get; } = new()
    {
        ["none"] = _ => null,
        ["no id"] = r => r with { Id = Guid.Empty },
        ["empty state"] = r => r with { State = default },
        ["empty action"] = r => r with { Action = default },
        ["NaN"] = r => r with { Reward = double.NaN },
        ["too large"] = r => r with { Reward = 1e7 },
        ["source too long"] = r => r with { Source = new string('s', 101) },
        ["never learned"] = r => r with { Action = ActionKey.Parse("never") },
        ["unknown trajectory"] = r => r with { TrajectoryId = Guid.NewGuid() },
    };

    [Fact]
    public async Task It_moves_the_Q_value_by_the_learning_rate_and_is_durable()
    {
        var type = await silo.AddAgentTypeAsync();
        var summary = await silo.Agent(type).PlayAsync(10);
        var late = Late(50) with { TrajectoryId = summary.TrajectoryId, Source = "bug report" };
        var result = Assert.Single(await type.Grain.RecordRewards([late]))!.Value;
        Assert.Equal((6.0, 2, 50.0), (result.QValue, result.VisitCount, result.TdError));
        Assert.Equal(6, Assert.Single(await type.RowsAsync()).Value);
        Assert.Equal($"50.0000|delayed|bug report|true|{late.Id}", await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', reward_value, reward_type, reward_source, metadata ->> 'learned', metadata ->> 'id')
            from rewards where trajectory_id = '{summary.TrajectoryId}' and reward_type = 'delayed'
            """));
    }

    [Fact]
    public async Task Sending_it_again_counts_once()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind);
        var late = Late(5);
        await type.Grain.RecordRewards([late]);
        var other = Late(1);
        var again = await type.Grain.RecordRewards([late, other]);
        Assert.Null(again[0]);
        Assert.NotNull(again[1]);
        Assert.Equal(3, await type.VisitsAsync());
        Assert.Equal(2, await CountAsync(type));
    }

    [Fact]
    public async Task One_whose_row_PostgreSQL_refuses_is_told_so_and_counts_once_when_its_row_is_taken()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var constraint = $"refused_of_{type.Name.Replace('-', '_')}";
        await silo.Database.ExecuteInAsync(
            $"alter table rewards add constraint {constraint} check (agent_type <> '{type.Name}') not valid");
        var (client, late) = (silo.Client.AgentType(type.Name), Late(5));
        for (var tries = 1; tries <= 2; tries++)
        {
            Assert.True((await Assert.ThrowsAsync<StorageUnavailableException>(() => client.RecordRewardsAsync([late]))).IsLearned);
            Assert.Equal((1L, 0L), (await type.VisitsAsync(), await CountAsync(type)));
        }

        await silo.Database.ExecuteInAsync($"alter table rewards drop constraint {constraint}");
        await client.FlushAsync();
        Assert.Null(Assert.Single(await client.RecordRewardsAsync([late])));
        Assert.Equal((2L, 1L), (await type.VisitsAsync(), await CountAsync(type)));
    }

    [Fact]
    public async Task Sending_it_many_times_at_once_counts_once()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.WriteBehind);
        var late = Late(5);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => type.Grain.RecordRewards([late]).AsTask()));
        Assert.Equal((2L, 1L), (await type.VisitsAsync(), await CountAsync(type)));
    }

    [Fact]
    public async Task It_belongs_to_the_session_of_its_trajectory_even_when_that_has_ended()
    {
        var type = await silo.AddAgentTypeAsync();
        var session = await silo.StartSessionAsync(type);
        var agent = silo.Agent(type);
        await agent.Grain.BeginSession(session.Id);
        var summary = await agent.PlayAsync(10);
        await silo.Grains.GetGrain<ISessionGrain>(session.Id).End(SessionStatus.Completed);
        await type.Grain.RecordRewards([Late(5) with { TrajectoryId = summary.TrajectoryId }]);
        Assert.Equal(2, await silo.Database.QueryAsync<long>($"select count(*) from rewards where session_id = '{session.Id}'"));
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_bad_one_is_refused_and_nothing_of_the_call_is_learned_or_stored(string flaw)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.RecordRewards([Late(1), Bad[flaw](Late(5))!]));
        Assert.Equal(1, Assert.Single(await type.Grain.GetQValues(Given.State("s"))).Value);
        Assert.Equal(0, await CountAsync(type));
    }

    [Fact]
    public async Task A_foreign_session_is_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var foreign = await silo.StartSessionAsync(await silo.AddAgentTypeAsync());
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await type.Grain.RecordRewards([Late(1) with { SessionId = foreign.Id }]));
        var own = await silo.StartSessionAsync(type);
        var summary = await silo.Agent(type).PlayAsync(1);
        await Assert.ThrowsAsync<InvalidInputException>(async () =>
            await type.Grain.RecordRewards([Late(1) with { SessionId = own.Id, TrajectoryId = summary.TrajectoryId }]));
        await Assert.ThrowsAsync<UnknownSessionException>(
            async () => await type.Grain.RecordRewards([Late(1) with { SessionId = Guid.NewGuid() }]));
        Assert.Equal(2, await type.VisitsAsync());
    }

    [Fact]
    public async Task Two_of_one_id_in_a_call_are_refused()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var late = Late(5);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.RecordRewards([late, late]));
        Assert.Equal(0, await CountAsync(type));
    }

    private static DelayedReward Late(double reward) => new() { State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = reward };

    private Task<long> CountAsync(TestAgentType type) => silo.Database.QueryAsync<long>(
        $"select count(*) from rewards where agent_type = '{type.Name}' and reward_type = 'delayed'");
}
