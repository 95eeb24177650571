using QLearning.Storage.Agents;
using QLearning.Storage.Maintenance;
using QLearning.Storage.Patterns;
using QLearning.Storage.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.Sessions;
using QLearning.Storage.Trajectories;

namespace QLearning.Storage.Tests.SqlValues;

/// <summary>Dates that PostgreSQL takes and .NET cannot say are survived everywhere: such a row never expires.</summary>
public sealed class FarDatesTests : DatabaseTest
{
    private const string Far = "'12026-01-01', 'infinity', '9999-12-31 23:59:59.9999999', '294276-01-01'";

    [Theory]
    [InlineData("12026-01-01", true)]
    [InlineData("infinity", true)]
    [InlineData("294276-12-31", true)]
    [InlineData("9999-12-31 23:59:59.999999", true)]
    [InlineData("2090-01-01", false)]
    public async Task A_Q_value_with_a_far_expiry_is_read_and_learned_and_keeps_it(string expiry, bool isNever)
    {
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 1)");
        await Database.ExecuteInAsync($"update q_values set expires_at = '{expiry}'");
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 2)");
        Assert.Equal(
            ["2.000000|2|t"],
            await RowsAsync($"select q_value, visit_count, (expires_at = '{expiry}')::text::char as kept from q_values"));
        var rows = new List<StoredQValue>();
        var reader = new QTableReader(Database.DataSource);
        await reader.LoadAllAsync(TablePartition.Whole(Generator), rows.Add, CancellationToken.None);
        await reader.LoadStatesAsync(Generator, [StateKey.Parse("s")], rows.Add, CancellationToken.None);
        Assert.Equal([isNever, isNever], rows.Select(row => row.ExpiresAt is null));
    }

    [Fact]
    public async Task Minus_infinity_has_expired()
    {
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 1)");
        await Database.ExecuteInAsync("update q_values set expires_at = '-infinity', visit_count = 7");
        Assert.Equal(0, await CountAsync("get_best_action('test-generator', 's')"));
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 2)");
        Assert.Equal(["1|t"], await RowsAsync("select visit_count, (expires_at > now())::text::char from q_values"));
        await Database.ExecuteInAsync("update q_values set expires_at = '4713-01-01 BC'");
        var deleted = await new ExpiredRows(Database.DataSource).DeleteAsync(1, TimeSpan.FromDays(1), CancellationToken.None);
        Assert.Equal(1, deleted[0].Rows);
    }

    [Fact]
    public async Task Patterns_with_far_dates_are_read_and_used()
    {
        await Database.ExecuteInAsync($"""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, expires_at, last_used, first_seen)
            select 'test-generator', 'p' || row_number() over (), 't', '1', e, l, f
            from unnest(array[{Far}, null]::timestamptz[]) e
                cross join unnest(array[{Far}, '-infinity', '4713-01-01 BC', null]::timestamptz[]) l
                cross join unnest(array[now(), 'infinity', '-infinity']) f
            """);
        var store = new PatternStore(Database.DataSource);
        var patterns = await store.LoadAsync(Generator, CancellationToken.None);
        Assert.Equal(105, patterns.Count);
        Assert.All(patterns, pattern => Assert.Null(pattern.ExpiresAt));
        var used = await store.UseAsync(
            [.. patterns.Select(pattern => new PatternUse { PatternId = pattern.Id, Success = true, Reward = 1 })], CancellationToken.None);
        Assert.All(used, pattern => Assert.Equal((1, (DateTimeOffset?)null), (pattern.UsageCount, pattern.ExpiresAt)));
    }

    [Fact]
    public async Task Both_views_are_refreshed_whatever_dates_their_tables_have()
    {
        await Database.ExecuteInAsync($"""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, last_used)
            select 'test-generator', 'p' || row_number() over (), 't', '1', l
            from unnest(array[{Far}, '-infinity', '4713-01-01 BC', now() - interval '49 hours']::timestamptz[]) l;
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, last_activity)
            values ('test-generator', 'tg-1', 0.1, 0.1, 'infinity')
            """);
        await Database.ExecuteInAsync("select refresh_materialized_views()");
        Assert.Equal(["7|2|2"], await RowsAsync("""
            select count(*) as n, count(*) filter (where days_since_used is null) as unknown,
                   max(days_since_used) filter (where days_since_used between 1 and 10) as days
            from pattern_effectiveness
            """));
    }

    [Fact]
    public async Task Trajectories_with_far_dates_are_paged_each_once()
    {
        await Database.ExecuteInAsync($"""
            insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                      total_reward, discounted_reward, execution_time_ms, success, started_at, completed_at, expires_at)
            select 'test-generator', row_number() over (), '1', '1', '[]', '[]', '[]',
                   case when random() < 0.5 then 'NaN' else 1::numeric end, 'NaN', 1, true, c, c, c
            from unnest(array[{Far}, {Far}, '-infinity', '4713-01-01 BC', now()]::timestamptz[]) c
            """);
        var reader = new TrajectoryReader(Database.DataSource);
        foreach (var order in Enum.GetValues<TrajectoryOrder>())
        {
            var ids = new List<Guid>();
            var query = new TrajectoryQuery { AgentType = Generator, Order = order, Limit = 2 };
            for (var pages = 0; pages < 10; pages++)
            {
                var page = await reader.ReadAsync(query, CancellationToken.None);
                ids.AddRange(page.Trajectories.Select(trajectory => trajectory.Id));
                if (page.Next is null)
                {
                    break;
                }

                query = query with { After = page.Next };
            }

            Assert.Equal((11, 11), (ids.Count, ids.Distinct().Count()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sessions_with_far_dates_are_paged_each_once(int limit)
    {
        await Database.ExecuteInAsync($"""
            insert into sessions (agent_type, start_time)
            select 'test-generator', d from unnest(array[{Far}, {Far}, '-infinity', '4713-01-01 BC', now()]::timestamptz[]) d
            """);
        var store = new SessionStore(Database.DataSource);
        var query = new SessionQuery { AgentType = Generator, Statuses = [SessionStatus.Active], Limit = limit };
        var ids = new List<Guid>();
        for (var pages = 0; pages < 20; pages++)
        {
            var page = await store.ListAsync(query, CancellationToken.None);
            ids.AddRange(page.Sessions.Select(session => session.Id));
            if (page.Next is null)
            {
                break;
            }

            query = query with { After = page.Next };
        }

        Assert.Equal(
            await Database.QueryAsync<Guid[]>("select array_agg(session_id order by start_time desc, session_id desc) from sessions"), ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Rewards_with_far_dates_are_paged_each_once(int limit)
    {
        await Database.ExecuteInAsync($"""
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at)
            select 'test-generator', 's', 'a', 1, 't', d
            from unnest(array[{Far}, {Far}, '-infinity', '4713-01-01 BC', now()]::timestamptz[]) d
            """);
        var reader = new RewardReader(Database.DataSource);
        var query = new RewardQuery { AgentType = Generator, Limit = limit };
        var ids = new List<long>();
        for (var pages = 0; pages < 20; pages++)
        {
            var page = await reader.ReadAsync(query, CancellationToken.None);
            ids.AddRange(page.Rewards.Select(reward => reward.Id));
            if (page.Next is null)
            {
                break;
            }

            query = query with { After = page.Next };
        }

        Assert.Equal(
            await Database.QueryAsync<long[]>("select array_agg(reward_id order by observed_at desc, reward_id desc) from rewards"), ids);
    }

    [Fact]
    public async Task A_page_goes_on_where_a_row_stood_that_was_deleted_meanwhile()
    {
        await Database.ExecuteInAsync("""
            insert into sessions (agent_type, start_time)
            select 'test-generator', now() - n * interval '1 minute' from generate_series(1, 3) n;
            insert into rewards (agent_type, state_hash, action_hash, reward_value, reward_type, observed_at)
            select 'test-generator', 's', 'a', n, 't', now() - n * interval '1 minute' from generate_series(1, 3) n
            """);
        var store = new SessionStore(Database.DataSource);
        var reader = new RewardReader(Database.DataSource);
        var sessions = new SessionQuery { AgentType = Generator, Statuses = [SessionStatus.Active], Limit = 1 };
        var rewards = new RewardQuery { AgentType = Generator, Limit = 1 };
        var firstSession = await store.ListAsync(sessions, CancellationToken.None);
        var firstReward = await reader.ReadAsync(rewards, CancellationToken.None);
        await Database.ExecuteInAsync($"""
            delete from sessions where session_id = '{firstSession.Next!.Id}';
            delete from rewards where reward_id = {firstReward.Next!.Id}
            """);
        var nextSessions = await store.ListAsync(sessions with { After = firstSession.Next, Limit = 9 }, CancellationToken.None);
        var nextRewards = await reader.ReadAsync(rewards with { After = firstReward.Next, Limit = 9 }, CancellationToken.None);
        Assert.Equal((2, 2), (nextSessions.Sessions.Count, nextRewards.Rewards.Count));
    }

    [Fact]
    public async Task Agents_and_sessions_with_far_dates_are_listed()
    {
        await Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, last_activity,
                                      initialized_at)
            select 'test-generator', row_number() over (), 0.1, 0.1, d, d from unnest(array[{Far}, '-infinity']::timestamptz[]) d;
            insert into sessions (agent_type, start_time, end_time) select 'test-generator', d, d
            from unnest(array[{Far}, '-infinity']::timestamptz[]) d
            """);
        var agents = new AgentQuery { AgentType = Generator, Limit = 10 };
        Assert.Equal(5, (await new AgentStore(Database.DataSource).ListAsync(agents, CancellationToken.None)).Agents.Count);
        var sessions = new SessionStore(Database.DataSource);
        var query = new SessionQuery { AgentType = Generator, Statuses = [SessionStatus.Active], Limit = 10 };
        var running = (await sessions.ListAsync(query, CancellationToken.None)).Sessions;
        Assert.Equal(5, running.Count);
        Assert.NotNull(await sessions.FinishAsync(running[0].Id, SessionStatus.Completed, CancellationToken.None));
    }
}
