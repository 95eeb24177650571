using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.Tests.WriteBehind;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.Rewards;

/// <summary>A late reward is known by its id, its state and its action; what is stored of it says whether it counts.</summary>
public sealed class LateRewardStoreTests : QTableTest
{
    private static readonly DateTimeOffset _time = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);
    private static readonly Guid _session = new("0198c0de-0000-7000-8000-000000000001");

    private LateRewardStore Store => new(Database.DataSource);

    [Fact]
    public async Task Only_a_reward_with_the_same_id_state_and_action_of_the_same_agent_type_is_stored()
    {
        var reward = Reward("s1", "a1");
        await Pump.WriteAsync(Batch(await TakeAsync(Generator), [reward]));
        DelayedReward[] asked =
        [
            reward with { Id = Guid.NewGuid() },
            reward,
            reward with { State = StateKey.Parse("s2") },
            reward with { Action = ActionKey.Parse("a2") },
            reward with { Reward = -7, Source = "told otherwise" },
        ];
        Assert.Equal([asked[1], asked[4]], await Store.FindStoredAsync(Generator, asked, CancellationToken.None));
        Assert.Empty(await Store.FindStoredAsync(Executor, asked, CancellationToken.None));
    }

    [Fact]
    public async Task A_reward_is_looked_up_among_those_that_came_late_however_many_its_action_has()
    {
        await Database.ExecuteInAsync($$"""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at, metadata)
            select '{{Generator}}', 's1', 'a1', 1, 'immediate', now(), '{"learned": true}' from generate_series(1, 5000);
            analyze rewards
            """);
        await using var one = NpgsqlDataSource.Create(Database.ConnectionString);
        Assert.Empty(await new LateRewardStore(one).FindStoredAsync(Generator, [Reward("s1", "a1")], CancellationToken.None));
        // A connection tells what it has read when it ends, if not before.
        await one.DisposeAsync();
        await Eventually.Holds(async () => await ScansAsync("uq_rewards_delayed") > 0, "the index to be counted as used");
        Assert.Equal(0, await ScansAsync("idx_rewards_state_action"));

        Task<long> ScansAsync(string index) =>
            Database.QueryAsync<long>($"select idx_scan from pg_stat_user_indexes where indexrelname = '{index}'");
    }

    [Theory]
    [InlineData("request")]
    [InlineData("answer")]
    public async Task Late_rewards_whose_commit_was_cut_are_stored_once_with_what_was_learned_from_them(string cut)
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "update q_table_owners");
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var pump = new PumpUnderTest(source);
        DelayedReward[] rewards = [Reward("s1", "a1"), Reward("s1", "a1")];
        var batch = Batch(await TakeAsync(Generator), rewards);
        proxy.CutNext(cut == "answer" ? Cut.Answer : Cut.Request);
        Assert.Equal(FlushStatus.Written, (await pump.WriteAsync(batch)).Status);
        Assert.Equal(1, proxy.Cuts);
        Assert.Equal(2, await CountAsync("rewards where reward_type = 'delayed' and metadata ->> 'learned' = 'true'"));
        Assert.Equal(1, await CountAsync("q_values"));
        Assert.Equal(rewards, await Store.FindStoredAsync(Generator, [.. rewards, Reward("s1", "a1")], CancellationToken.None));
    }

    [Fact]
    public async Task The_sessions_of_trajectories_are_found_by_agent_type()
    {
        var (inSession, alone) = (Guid.NewGuid(), Guid.NewGuid());
        await Database.ExecuteInAsync($"insert into sessions (session_id, agent_type) values ('{_session}', '{Generator}')");
        await AddTrajectoryAsync(inSession, $"'{_session}'");
        await AddTrajectoryAsync(alone, "null");
        Guid[] asked = [inSession, alone, Guid.NewGuid()];
        Assert.Equal(
            new Dictionary<Guid, Guid?> { [inSession] = _session, [alone] = null },
            await Store.FindSessionsAsync(Generator, asked, CancellationToken.None));
        Assert.Empty(await Store.FindSessionsAsync(Executor, asked, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_as_unavailable()
    {
        await using var nowhere = Nowhere();
        var store = new LateRewardStore(nowhere);
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.FindStoredAsync(Generator, [Reward("s1", "a1")], CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.FindSessionsAsync(Generator, [Guid.NewGuid()], CancellationToken.None));
    }

    private static DelayedReward Reward(string state, string action) =>
        new() { Id = Guid.CreateVersion7(), State = StateKey.Parse(state), Action = ActionKey.Parse(action), Reward = 5, Source = "bug" };

    private static QTableBatch Batch(OwnershipTaken owner, DelayedReward[] rewards) =>
        Writes.Batch(Generator, owner, 1, Writes.Insert("s1")) with
        {
            Rewards = [.. rewards.Select(reward =>
                new RewardWrite(reward.Id, null, null, reward.State, reward.Action, reward.Reward, reward.Source, _time))],
        };

    private async Task AddTrajectoryAsync(Guid id, string session) => await Database.ExecuteInAsync($"""
        insert into trajectories (trajectory_id, agent_type, session_id, task_id, initial_state, final_state, actions_taken, states_visited,
                                  step_rewards, total_reward, discounted_reward, execution_time_ms, success, started_at)
        values ('{id}', '{Generator}', {session}, 't', '1', '1', '[]', '[]', '[]', 0, 0, 1, true, now())
        """);
}
