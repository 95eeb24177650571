using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Storage.Tests.WriteBehind;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.Trajectories;

/// <summary>Trajectories are stored with their rewards, once, all or none, and durably before the caller goes on.</summary>
public sealed class TrajectoryPumpTests : DatabaseTest
{
    private static readonly DateTimeOffset _began = new(2026, 8, 1, 10, 0, 0, TimeSpan.FromHours(2));

    private OwnMeters Meters { get; } = new();

    private TrajectoryPump Pump { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Pump = NewPump(Database.DataSource);
    }

    public override async Task DisposeAsync()
    {
        await Pump.DisposeAsync();
        Meters.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_trajectory_is_stored_with_every_value()
    {
        var trajectory = Trajectory(Guid.NewGuid());
        await Pump.WriteAsync([trajectory]);
        Assert.Equal(
            [$"{trajectory.Id}|test-generator|null|task 1|{{\"s\": 1}}|[2]|[\"a\"]|[1, 2]|[0.5, 1.25]|1.7500|1.6875|1500|true|null"
                + "|2026-08-01 08:00:00|2026-08-01 08:00:02|2026-08-31 08:00:00|{\"m\": true}"],
            await RowsAsync("""
                select trajectory_id, agent_type, session_id, task_id, initial_state, final_state, actions_taken, states_visited,
                       step_rewards,
                       total_reward, discounted_reward, execution_time_ms, success, error_message, (started_at at time zone 'UTC')::text,
                       (completed_at at time zone 'UTC')::text as c, (expires_at at time zone 'UTC')::text as e, metadata
                from trajectories
                """));
    }

    [Fact]
    public async Task Its_rewards_are_stored_beside_it()
    {
        var trajectory = Trajectory(Guid.NewGuid());
        await Pump.WriteAsync([trajectory]);
        Assert.Equal(
            [
                $"test-generator|{trajectory.Id}|s1|a1|0.5000|immediate|fleet|{{}}|true",
                $"test-generator|{trajectory.Id}|s2|a2|1.2500|terminal|fleet|{{}}|true",
            ],
            await RowsAsync("""
                select r.agent_type, trajectory_id, state_hash, action_hash, reward_value, reward_type, reward_source, r.metadata,
                       observed_at = completed_at
                from rewards r join trajectories using (trajectory_id) order by reward_id
                """));
    }

    [Fact]
    public async Task The_same_id_twice_is_stored_once()
    {
        var (first, second) = (Trajectory(Guid.NewGuid()), Trajectory(Guid.NewGuid()));
        await Pump.WriteAsync([first]);
        await Pump.WriteAsync([first, second]);
        await Pump.WriteAsync([second with { Id = first.Id }]);
        Assert.Equal((2, 4), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Fact]
    public async Task The_same_id_twice_in_one_hand_over_is_stored_once()
    {
        var trajectory = Trajectory(Guid.NewGuid());
        await Pump.WriteAsync([trajectory, trajectory]);
        Assert.Equal((1, 2), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Theory]
    [InlineData("coverage-analyzer", "task 1")]
    [InlineData(Generator, "task 2")]
    public async Task An_id_of_another_trajectory_is_refused_without_harm_to_those_that_share_its_transaction(string type, string task)
    {
        var (stored, written) = (Trajectory(Guid.NewGuid()), Trajectory(Guid.NewGuid()));
        await Pump.WriteAsync([stored]);
        Task[] good, taken;
        await using (await HeldLock.TakeAsync(Database, "lock table trajectories in exclusive mode"))
        {
            var first = Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
            await HeldLock.WaitedForAsync(Database, "the pump waits");
            // These share the next transaction.
            good = [first, Pump.WriteAsync([written]), Pump.WriteAsync([stored])];
            taken =
            [
                Pump.WriteAsync([Trajectory(Guid.NewGuid()) with { AgentType = type }, stored with { AgentType = type, TaskId = task }]),
                Pump.WriteAsync([written with { AgentType = type, TaskId = task }]),
            ];
        }

        await Task.WhenAll(good);
        foreach (var (call, id) in taken.Zip((Guid[])[stored.Id, written.Id]))
        {
            var error = await Assert.ThrowsAsync<InvalidInputException>(() => call);
            Assert.Contains($"'{id}' is not allowed: another trajectory has it", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal((3, 6), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Fact]
    public async Task A_trajectory_that_is_too_large_for_PostgreSQL_is_refused_for_good()
    {
        await Database.ExecuteInAsync("""
            create function too_large() returns trigger language plpgsql as
            $$ begin raise exception 'total size of jsonb array elements exceeds the maximum' using errcode = '54000'; end $$;
            create trigger too_large before insert on trajectories for each row when (new.task_id = 'large') execute function too_large()
            """);

        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => Pump.WriteAsync([Trajectory(Guid.NewGuid()) with { TaskId = "large" }]));

        Assert.Contains("total size of jsonb array elements", error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: fewer or smaller steps", error.Message, StringComparison.Ordinal);
        await Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        Assert.Equal(1, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task A_hand_over_with_a_bad_reward_stores_nothing_of_it()
    {
        var bad = Trajectory(Guid.NewGuid()) with { Rewards = [new RewardRecord("s1", "a1", 1e9, "immediate")] };
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Pump.WriteAsync([Trajectory(Guid.NewGuid()), bad]));
        Assert.Contains("test-generator", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (await CountAsync("trajectories"), await CountAsync("rewards")));
        await Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        Assert.Equal(1, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task A_number_that_postgres_does_not_know_stores_nothing_and_the_pump_goes_on()
    {
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => Pump.WriteAsync([Trajectory(Guid.NewGuid()) with { TotalReward = double.PositiveInfinity }]));
        await Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        Assert.Equal(1, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task An_unknown_agent_type_is_refused_without_harm_to_those_that_share_its_transaction()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var block = new NpgsqlCommand("lock table trajectories in exclusive mode", connection))
        {
            await block.ExecuteNonQueryAsync();
        }

        var first = Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        await Eventually.Holds(
            async () => await CountAsync("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "the pump waits");
        var unknown = Pump.WriteAsync([Trajectory(Guid.NewGuid()) with { AgentType = "unknown" }]);
        var good = Pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        await transaction.CommitAsync();
        await Task.WhenAll(first, good);
        Assert.Contains("unknown", (await Assert.ThrowsAsync<UnknownAgentTypeException>(() => unknown)).Message, StringComparison.Ordinal);
        Assert.Equal((2, 4), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Fact]
    public async Task More_rows_than_the_backlog_are_refused_and_those_that_wait_are_stored()
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "copy trajectories");
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var time = new TimersSeen();
        await using var pump = NewPump(source, time, new WriteBehindOptions { MaxTrajectoryBacklog = 5 });
        proxy.CutNext(Cut.Request);
        var waiting = pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        await Eventually.Holds(() => time.Waits.Count > 0, "the pump waits for its next try");
        var error = await Assert.ThrowsAsync<WriteBacklogFullException>(() => pump.WriteAsync([Trajectory(Guid.NewGuid())]));
        Assert.Contains("3 rows of trajectories and rewards waiting for PostgreSQL. Allowed: 5.", error.Message, StringComparison.Ordinal);
        Assert.Equal(new WriteBehindOptions().MaxRetryDelay, error.RetryAfter);
        await time.AdvanceThroughNextAsync(1);
        await waiting;
        await pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        Assert.Equal(2, await CountAsync("trajectories"));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_stored_once()
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, CuttingProxy.Commit);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var pump = NewPump(source);
        proxy.CutNext(Cut.Answer);
        await pump.WriteAsync([Trajectory(Guid.NewGuid())]);
        Assert.Equal(1, proxy.Cuts);
        Assert.Equal((1, 2), (await CountAsync("trajectories"), await CountAsync("rewards")));
    }

    [Fact]
    public async Task A_stopped_pump_refuses()
    {
        await Pump.DisposeAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Pump.WriteAsync([Trajectory(Guid.NewGuid())]));
        Assert.Equal(0, await CountAsync("trajectories"));
    }

    private static TrajectoryRecord Trajectory(Guid id) => new()
    {
        Id = id,
        AgentType = Generator,
        TaskId = "task 1",
        InitialState = """{"s":1}""",
        FinalState = "[2]",
        ActionsTaken = """["a"]""",
        StatesVisited = "[1,2]",
        StepRewards = "[0.5,1.25]",
        TotalReward = 1.75,
        DiscountedReward = 1.6875,
        ExecutionTime = TimeSpan.FromSeconds(1.5),
        Success = true,
        StartedAt = _began,
        CompletedAt = _began.AddSeconds(2),
        ExpiresAt = _began.AddDays(30),
        Metadata = """{"m":true}""",
        RewardSource = "fleet",
        Rewards = [new RewardRecord("s1", "a1", 0.5, "immediate"), new RewardRecord("s2", "a2", 1.25, "terminal")],
    };

    [Theory]
    [InlineData("trajectories")]
    [InlineData("rewards")]
    public async Task A_call_whose_statements_run_into_their_timeout_is_written_by_smaller_ones(string table)
    {
        await SlowStatements.MakeAsync(Database, table);
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString + ";Options=-c statement_timeout=1000");
        await using var pump = NewPump(source);
        await pump.WriteAsync([.. Enumerable.Range(0, 1500).Select(_ => Trajectory(Guid.NewGuid()))]).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(["1500|3000"], await RowsAsync("select (select count(*) from trajectories), (select count(*) from rewards)"));
    }

    private TrajectoryPump NewPump(NpgsqlDataSource source, TimeProvider? time = null, WriteBehindOptions? options = null)
    {
        var given = Options.Create(options ?? new WriteBehindOptions());
        return new TrajectoryPump(
            source, given, new SiloBacklog(given, Meters), new FlushInstruments(Meters), new FakeLogger<TrajectoryPump>(),
            time ?? TimeProvider.System);
    }
}
