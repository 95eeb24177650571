using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Storage.Agents;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.Trajectories;

/// <summary>A row that a SQL program holds keeps the episodes waiting that need it, and not those of other agent types.</summary>
public sealed class LockedEpisodeTests : DatabaseTest
{
    private static readonly DateTimeOffset _began = new(2026, 8, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly AgentKey _agent = AgentKey.For(Generator, "tg-1");
    private static readonly AgentKey _other = AgentKey.For(Gate, "qg-1");

    private OwnMeters Meters { get; } = new();

    private Guid Session { get; set; }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync("""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate)
            values ('test-generator', 'tg-1', 0.2, 0.3), ('quality-gate', 'qg-1', 0.2, 0.3)
            """);
        Session = await Database.QueryAsync<Guid>($"insert into sessions (agent_type) values ('{Generator}') returning session_id");
    }

    public override async Task DisposeAsync()
    {
        Meters.Dispose();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData("""update sessions set metadata = '{"seen": 1}'""", "")]
    [InlineData("select from sessions for update", "")]
    [InlineData("update agent_states set metadata = '{}' where agent_type = 'test-generator'", "")]
    [InlineData("select from agent_types where agent_type = 'test-generator' for update", "")]
    [InlineData("select from sessions for update", ";Command Timeout=1")]
    [InlineData("select from sessions for update", ";Options=-c statement_timeout=800")]
    public async Task Episodes_of_other_agent_types_are_stored_while_those_of_one_wait_for_a_lock(string held, string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString + connectionString);
        await using var pump = NewPump(source);
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(held, connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        Task<AgentTotals?>[] waiting =
        [
            .. Enumerable.Range(0, 5).Select(_ => pump.WriteEpisodeAsync(Episode(_agent) with { SessionId = Session }, Progress(_agent))),
        ];
        for (var episode = 1; episode <= 3; episode++)
        {
            var totals = await pump.WriteEpisodeAsync(Episode(_other), Progress(_other)).WaitAsync(Eventually.DefaultDeadline);
            Assert.Equal(episode, totals?.TotalTasks);
        }

        Assert.All(waiting, episode => Assert.False(episode.IsCompleted));
        await transaction.CommitAsync();
        var counted = await Task.WhenAll(waiting).WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal(5, counted.Max(totals => totals!.Value.TotalTasks));
        Assert.Equal(["5"], await RowsAsync("select task_count from sessions"));
    }

    private static TrajectoryRecord Episode(AgentKey agent) => new()
    {
        Id = Guid.CreateVersion7(),
        AgentType = agent.AgentType,
        TaskId = "task 1",
        InitialState = "1",
        FinalState = "3",
        ActionsTaken = """["a"]""",
        StatesVisited = "[1]",
        StepRewards = "[0.5]",
        TotalReward = 0.5,
        DiscountedReward = 0.5,
        ExecutionTime = TimeSpan.FromSeconds(1.5),
        Success = true,
        StartedAt = _began,
        CompletedAt = _began.AddSeconds(2),
        ExpiresAt = _began.AddDays(30),
        Metadata = "{}",
        IsLearned = true,
        Rewards = [new RewardRecord("s1", "a1", 0.5, "terminal")],
    };

    private static AgentProgress Progress(AgentKey agent) => new(agent, 0.198, 0.3, 2, AgentStatus.Active);

    private TrajectoryPump NewPump(NpgsqlDataSource source)
    {
        var options = Options.Create(new WriteBehindOptions());
        return new TrajectoryPump(
            source, options, new SiloBacklog(options, Meters), new FlushInstruments(Meters), new FakeLogger<TrajectoryPump>(),
            TimeProvider.System);
    }
}
