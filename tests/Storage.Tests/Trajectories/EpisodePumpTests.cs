using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Storage.Agents;
using QLearning.Storage.Tests.WriteBehind;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.Trajectories;

/// <summary>The counters of agents and sessions move with the trajectories: once, exactly, from however many silos.</summary>
public sealed class EpisodePumpTests : DatabaseTest
{
    private static readonly AgentKey _agent = AgentKey.For(Generator, "tg-1");
    private static readonly DateTimeOffset _began = new(2026, 8, 1, 10, 0, 0, TimeSpan.Zero);

    private OwnMeters Meters { get; } = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            select 'test-generator', 'tg-' || i, 0.2, 0.3 from generate_series(0, 6) i
            """);
    }

    public override async Task DisposeAsync()
    {
        Meters.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task An_episode_adds_to_what_its_agents_row_holds()
    {
        await using var pump = NewPump(Database.DataSource);
        Assert.Equal(new AgentTotals(1, 1, 0, 1.75, 1.75, 2), await pump.WriteEpisodeAsync(Episode(), Progress()));
        await Database.ExecuteInAsync(
            "update agent_states set total_tasks = 9, failed_tasks = 8, total_reward = 98.25 where total_tasks = 1");
        Assert.Equal(new AgentTotals(10, 1, 9, 100, 10, 4), await pump.WriteEpisodeAsync(Episode() with { Success = false }, Progress()));
        Assert.Equal(
            ["0.198|0.3|active|0.1000"],
            await RowsAsync(
                "select current_exploration_rate, current_learning_rate, status, success_rate from agent_states where total_tasks > 0"));
    }

    [Fact]
    public async Task An_episode_that_is_stored_already_changes_nothing()
    {
        await using var pump = NewPump(Database.DataSource);
        var episode = Episode();
        var first = await pump.WriteEpisodeAsync(episode, Progress());
        Assert.Equal(first, await pump.WriteEpisodeAsync(episode, Progress()));
        Assert.Equal((1, 2), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Theory]
    [InlineData("request")]
    [InlineData("answer")]
    public async Task An_episode_whose_commit_was_cut_counts_once(string cut)
    {
        var session = await StartSessionAsync();
        await using var proxy = new CuttingProxy(Database.ConnectionString, CuttingProxy.Commit);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var pump = NewPump(source);
        proxy.CutNext(cut == "answer" ? Cut.Answer : Cut.Request);
        Assert.Equal(1, (await pump.WriteEpisodeAsync(Episode() with { SessionId = session }, Progress()))?.TotalTasks);
        Assert.Equal(1, proxy.Cuts);
        Assert.Equal(["1|1.7500|1|1.7500"], await RowsAsync("""
            select task_count, s.total_reward, total_tasks, a.total_reward as reward
            from sessions s, agent_states a where total_tasks > 0
            """));
    }

    [Fact]
    public async Task Silos_that_share_sessions_and_agents_never_wait_in_a_circle_and_count_exactly()
    {
        const int Silos = 4;
        const int Episodes = 50;
        var sessions = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StartSessionAsync()));
        var log = new FakeLogger<TrajectoryPump>();
        TrajectoryPump[] pumps = [.. Enumerable.Range(0, Silos).Select(_ => NewPump(Database.DataSource, log))];
        await Task.WhenAll(pumps.Select((pump, silo) => Task.WhenAll(Enumerable.Range(0, Episodes).Select(async i =>
        {
            var agent = AgentKey.For(Generator, $"tg-{(i + silo) % 7}");
            await pump.WriteEpisodeAsync(
                Episode() with { SessionId = sessions[((silo * 3) + i) % sessions.Length] }, Progress() with { Agent = agent });
        }))));
        foreach (var pump in pumps)
        {
            await pump.DisposeAsync();
        }

        const int All = Silos * Episodes;
        Assert.Equal([$"{All}|{All * 1.75:F4}"], await RowsAsync("select sum(task_count) as n, sum(total_reward) as reward from sessions"));
        Assert.Equal(
            [$"{All}|{All * 1.75:F4}"], await RowsAsync("select sum(total_tasks) as n, sum(total_reward) as reward from agent_states"));
        // One that stalls with its locks is waited for in vain, which is no circle.
        Assert.All(
            log.Collector.GetSnapshot().Select(record => record.Exception).OfType<Exception>(),
            error => Assert.True(PostgresErrors.IsLocked(error), error.ToString()));
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_refused()
    {
        await using var pump = NewPump(Database.DataSource);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => pump.WriteAsync([Episode() with { SessionId = Guid.NewGuid() }]));
        Assert.Contains("session", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Fact]
    public async Task A_sum_that_a_row_cannot_hold_is_refused_and_nothing_of_the_episode_is_stored()
    {
        var session = await StartSessionAsync();
        await Database.ExecuteInAsync("update sessions set total_reward = 99999999");
        await using var pump = NewPump(Database.DataSource);
        await Assert.ThrowsAsync<InvalidInputException>(() => pump.WriteEpisodeAsync(Episode() with { SessionId = session }, Progress()));
        Assert.Equal((0, 0), (await CountAsync("trajectories"), await CountAsync("agent_states where total_tasks > 0")));
    }

    [Fact]
    public async Task What_SQL_wrote_into_the_row_meanwhile_stays()
    {
        await using var pump = NewPump(Database.DataSource);
        var progress = Progress() with { RateBefore = 0.2, OwnLearningRate = null };
        await pump.WriteEpisodeAsync(Episode(), progress);
        Assert.Equal(["0.198|0.3|active"], await RowsAsync(Row));
        await Database.ExecuteInAsync("""
            update agent_states set current_exploration_rate = 0.7, current_learning_rate = 0.05, status = 'paused'
            where agent_instance_id = 'tg-1'
            """);
        await pump.WriteEpisodeAsync(Episode(), progress with { RateBefore = 0.198, ExplorationRate = 0.19 });
        Assert.Equal(["0.7|0.05|paused"], await RowsAsync(Row));
    }

    [Fact]
    public async Task A_row_that_SQL_deleted_does_not_come_back_and_the_trajectory_is_stored()
    {
        await using var pump = NewPump(Database.DataSource);
        await Database.ExecuteInAsync("delete from agent_states");
        Assert.Null(await pump.WriteEpisodeAsync(Episode(), Progress()));
        Assert.Equal((1, 0), (await CountAsync("trajectories"), await CountAsync("agent_states")));
    }

    [Fact]
    public async Task A_connection_plans_the_counters_of_agents_once_but_not_for_very_many_at_once()
    {
        const string Prepared = "select count(*) from pg_prepared_statements where statement like '%update agent_states%'";
        await using var one = NpgsqlDataSource.Create(Database.ConnectionString + ";Maximum Pool Size=1");
        var writer = new TrajectoryLaneWriter(one);
        var statement = new WriteSize(10_000, 1 << 20);
        await writer.WriteAsync([.. Enumerable.Range(0, 201).Select(_ => Batch())], statement, CancellationToken.None);
        Assert.Equal(["0"], await RowsAsync(one, Prepared));
        await writer.WriteAsync([Batch()], statement, CancellationToken.None);
        await writer.WriteAsync([Batch(), Batch()], statement, CancellationToken.None);
        Assert.Equal(["1"], await RowsAsync(one, Prepared));
        Assert.Equal(["204"], await RowsAsync("select sum(total_tasks) as n from agent_states"));

        static TrajectoryBatch Batch() => new(Generator, [Episode()], Progress());
    }

    private const string Row =
        "select current_exploration_rate, current_learning_rate, status from agent_states where agent_instance_id = 'tg-1'";

    private static TrajectoryRecord Episode() => new()
    {
        Id = Guid.CreateVersion7(),
        AgentType = Generator,
        TaskId = "task 1",
        InitialState = "1",
        FinalState = "3",
        ActionsTaken = """["a", "b"]""",
        StatesVisited = "[1, 2]",
        StepRewards = "[0.5, 1.25]",
        TotalReward = 1.75,
        DiscountedReward = 1.6875,
        ExecutionTime = TimeSpan.FromSeconds(1.5),
        Success = true,
        StartedAt = _began,
        CompletedAt = _began.AddSeconds(2),
        ExpiresAt = _began.AddDays(30),
        Metadata = """{"agent_instance": "tg-1"}""",
        IsLearned = true,
        Rewards = [new RewardRecord("s1", "a1", 0.5, "immediate"), new RewardRecord("s2", "a2", 1.25, "terminal")],
    };

    private static AgentProgress Progress() => new(_agent, 0.198, 0.3, 2, AgentStatus.Active);

    private Task<Guid> StartSessionAsync() => Database.QueryAsync<Guid>(
        $"insert into sessions (agent_type) values ('{Generator}') returning session_id");

    private TrajectoryPump NewPump(NpgsqlDataSource source, FakeLogger<TrajectoryPump>? log = null)
    {
        var options = Options.Create(new WriteBehindOptions());
        return new TrajectoryPump(
            source, options, new SiloBacklog(options, Meters), new FlushInstruments(Meters), log ?? new FakeLogger<TrajectoryPump>(),
            TimeProvider.System);
    }
}
