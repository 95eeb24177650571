using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Testing;

namespace QLearning.TestingHost.Tests;

/// <summary>What users' tests do with a cluster of their own.</summary>
public sealed class TestClusterTests
{
    private const string Type = "test-generator";

    [Fact]
    public async Task Three_lines_start_a_cluster_that_learns_and_leave_no_database()
    {
        string connection;
        await using (var cluster = await QLearningTestCluster.StartAsync())
        {
            await LearnAsync(cluster, "s1", WriteMode.Durable);
            Assert.Equal(1, (await BestAsync(cluster, "s1"))!.VisitCount);
            connection = cluster.ConnectionString;
        }

        await using var source = NpgsqlDataSource.Create(connection);
        var error = await Assert.ThrowsAsync<PostgresException>(async () => await source.OpenConnectionAsync());
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, error.SqlState);
    }

    [Fact]
    public async Task What_was_learned_outlives_the_silo_that_learned_it()
    {
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.InitialSilos = 2);
        await LearnAsync(cluster, "s1", WriteMode.WriteBehind);
        await cluster.StopSiloAsync(cluster.Silos[0]);
        await cluster.StartSiloAsync();
        await cluster.StopSiloAsync(cluster.Silos[0]);

        Assert.Single(cluster.Silos);
        Assert.Equal(1, (await BestAsync(cluster, "s1"))!.VisitCount);
    }

    [Fact]
    public async Task On_a_fake_clock_a_write_waits_until_the_clock_is_advanced()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.TimeProvider = time);
        Assert.Same(time, cluster.Silos[0].Services.GetRequiredService<TimeProvider>());
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await LearnAsync(cluster, "s1", WriteMode.WriteBehind);
        Assert.Equal(1, (await BestAsync(cluster, "s1"))!.VisitCount);
        Assert.Equal(0L, await RowsAsync(source));

        await Eventually.Holds(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return await RowsAsync(source) == 1;
            },
            "the row of the update that waited");
    }

    [Fact]
    public async Task A_fake_clock_that_is_advanced_lets_no_call_time_out_that_is_under_way()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await QLearningTestCluster.StartAsync(options =>
            (options.TimeProvider, options.ConnectClient) = (time, false));
        var grains = cluster.Silos[0].Services.GetRequiredService<IGrainFactory>();
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var writer = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("lock table agent_types in access exclusive mode", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        var call = grains.GetGrain<IAgentTypeGrain>(Type).GetStatistics().AsTask();
        for (var leaps = 0; leaps < 5; leaps++)
        {
            time.Advance(TimeSpan.FromMinutes(20));
            await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        }

        Assert.False(call.IsCompleted);
        await writer.RollbackAsync();
        Assert.Equal(0, (await call).Visits);
    }

    [Fact]
    public async Task A_database_that_is_given_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var cluster = await QLearningTestCluster.StartAsync(options => options.ConnectionString = database.ConnectionString))
        {
            await LearnAsync(cluster, "s1", WriteMode.WriteBehind);
        }

        Assert.Equal(1L, await RowsAsync(database.DataSource));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(17)]
    public async Task A_number_of_silos_out_of_its_range_is_refused_with_what_is_allowed(int silos)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => QLearningTestCluster.StartAsync(options => options.InitialSilos = silos));
        Assert.Contains("0 to 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_a_client_says_which_option_gives_it_one()
    {
        await using var cluster = await QLearningTestCluster.StartAsync(options => options.InitialSilos = 0);
        Assert.Contains(
            "ConnectClient", Assert.Throws<InvalidOperationException>(() => cluster.Client).Message, StringComparison.Ordinal);
    }

    private static Task<LearnResult> LearnAsync(QLearningTestCluster cluster, string state, WriteMode mode) =>
        cluster.Client.AgentType(Type).LearnAsync(
            new Transition { State = State.FromKey(state), Action = AgentAction.Named("a"), Reward = 1, Done = true }, mode);

    private static Task<BestAction?> BestAsync(QLearningTestCluster cluster, string state) =>
        cluster.Client.AgentType(Type).GetBestActionAsync(StateKey.Parse(state));

    private static async Task<long> RowsAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand($"select count(*) from q_values where agent_type = '{Type}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
