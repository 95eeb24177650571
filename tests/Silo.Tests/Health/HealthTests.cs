using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Silo.Health;
using QLearning.Storage.Agents;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;
using QLearning.Testing.Proxy;

namespace QLearning.Silo.Tests.Health;

/// <summary>A silo says when it should get no work, and that it lives as long as it may hold what PostgreSQL does not have.</summary>
public sealed class HealthTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.Database.ExecuteInAsync("delete from q_values");

    [Fact]
    public async Task Without_its_database_a_silo_is_not_ready_but_lives_and_serves_and_is_ready_again_when_it_is_back()
    {
        await using var proxy = new TcpProxy(fixture.Database.ConnectionString);
        await using var silo = await StartAsync(connectionString: proxy.ConnectionString);
        using var probe = new Probe(silo);
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
        Assert.True(await probe.IsLiveAsync());
        proxy.Close();
        await Eventually.Holds(
            async () => (await probe.ComplaintsAsync()).GetValueOrDefault("database") == "PostgreSQL cannot be asked.",
            "the silo to miss its database");
        Assert.Equal((true, true, false), (await probe.IsLiveAsync(), await probe.AsksAsync("serving"), await probe.IsReadyAsync()));
        proxy.Open();
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task A_database_that_answers_too_late_makes_a_silo_not_ready()
    {
        await using var silo = await StartAsync(silo =>
        {
            silo.Configuration["QLearning:Health:DatabaseTimeout"] = "00:00:00.050";
            // The only connection of the grains is taken by a statement that waits.
            silo.Services.AddSingleton(_ => NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString) { MaxPoolSize = 1 }));
        });
        using var probe = new Probe(silo);
        await using (await silo.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync())
        {
            Assert.Equal((true, false), (await probe.IsLiveAsync(), await probe.IsReadyAsync()));
            Assert.Equal("PostgreSQL did not answer within 0.05 s.", (await probe.ComplaintsAsync())["database"]);
        }
    }

    [Fact]
    public async Task A_probe_does_not_wait_for_a_database_that_hangs()
    {
        await using var proxy = new TcpProxy(fixture.Database.ConnectionString);
        // Without a reset before a query, as with a new connection: then Npgsql cancels it by asking the server, and waits for that.
        await using var silo = await StartAsync(
            silo => silo.Configuration["QLearning:Health:DatabaseTimeout"] = "00:00:00.200",
            proxy.ConnectionString + ";No Reset On Close=true");
        using var probe = new Probe(silo);
        // A busy machine may take more than the limit for one answer.
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
        proxy.Hang();
        Assert.False(await probe.IsReadyAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("PostgreSQL did not answer within 0.2 s.",
            (await probe.ComplaintsAsync().WaitAsync(TimeSpan.FromSeconds(30)))["database"]);
        proxy.Open();
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task A_flush_that_waits_too_long_makes_a_silo_not_ready_until_it_is_through()
    {
        await using var silo = await StartAsync(silo => silo.Configuration["QLearning:Health:MaxFlushLag"] = "00:00:00.200");
        using var probe = new Probe(silo);
        await silo.LearnAsync("test-generator", "s", WriteMode.Durable);
        await using (await HeldLock.OfFlushesAsync(fixture.Database, "test-generator"))
        {
            await silo.LearnAsync("test-generator", "s");
            var said = string.Empty;
            await Eventually.Holds(
                async () => (await probe.ComplaintsAsync()).TryGetValue("flush lag", out said), "the silo to say why it is not ready");
            Assert.EndsWith("0.2 s are allowed.", said, StringComparison.Ordinal);
            Assert.True(await probe.IsLiveAsync());
        }

        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task A_backlog_that_is_nearly_full_makes_a_silo_not_ready_until_it_is_written()
    {
        await using var silo = await StartAsync(silo => silo.Services.Configure<WriteBehindOptions>(
            options => (options.MaxSiloBacklog, options.FlushInterval) = (10, TimeSpan.FromMinutes(10))));
        using var probe = new Probe(silo);
        await Task.WhenAll(Enumerable.Range(0, 9).Select(i => silo.LearnAsync("test-generator", $"s{i}")));
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
        await silo.LearnAsync("test-executor", "s");
        Assert.StartsWith("10 Q-values", Assert.Single(await probe.ComplaintsAsync(), check => check.Key == "backlog").Value,
            StringComparison.Ordinal);
        Assert.True(await probe.IsLiveAsync());
        await silo.AgentType("test-generator").Flush();
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task A_row_that_PostgreSQL_refuses_makes_a_silo_not_ready_for_a_while()
    {
        await using var silo = await StartAsync(silo => silo.Configuration["QLearning:Health:ShowRefusedFor"] = "00:00:02");
        using var probe = new Probe(silo);
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
        var (backlog, refused, said) = (silo.Services.GetRequiredService<SiloBacklog>(), 0, string.Empty);
        // Again when a busy machine has asked only after it was no longer shown.
        await Eventually.Holds(
            async () =>
            {
                backlog.AddRefused(3);
                refused += 3;
                said = (await probe.ComplaintsAsync()).GetValueOrDefault("refused rows", string.Empty);
                return said.Length > 0;
            },
            "the complaint");
        Assert.StartsWith($"PostgreSQL refused {refused} Q-values", said, StringComparison.Ordinal);
        await Eventually.Holds(probe.IsReadyAsync, "the silo to be ready");
    }

    [Fact]
    public async Task A_silo_that_leaves_and_still_flushes_lives_and_is_not_ready()
    {
        var silo = await StartAsync();
        using var probe = new Probe(silo);
        await silo.LearnAsync("test-generator", "s", WriteMode.Durable);
        Task stopping;
        await using (await HeldLock.OfFlushesAsync(fixture.Database, "test-generator"))
        {
            await silo.LearnAsync("test-generator", "s");
            stopping = silo.DisposeAsync().AsTask();
            await Eventually.Holds(async () => (await probe.ComplaintsAsync()).ContainsKey("membership"), "the silo to leave");
            Assert.Equal((true, false), (await probe.IsLiveAsync(), await probe.IsReadyAsync()));
        }

        await stopping;
        Assert.Equal(2, await fixture.Database.QueryAsync<long>("select sum(visit_count) from q_values"));
        await Assert.ThrowsAsync<HttpRequestException>(probe.IsLiveAsync);
    }

    [Theory]
    [InlineData(SiloStatus.Joining, HealthStatus.Degraded)]
    [InlineData(SiloStatus.Active, HealthStatus.Healthy)]
    [InlineData(SiloStatus.ShuttingDown, HealthStatus.Degraded)]
    [InlineData(SiloStatus.Stopping, HealthStatus.Degraded)]
    [InlineData(SiloStatus.Dead, HealthStatus.Unhealthy)]
    public async Task Only_a_silo_that_was_declared_dead_is_unfit_to_live(SiloStatus status, HealthStatus expected)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var check = new MembershipCheck(new Oracle(status), lifetime);
        Assert.Equal(expected, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task A_silo_that_stops_is_not_ready_although_the_database_cannot_be_told_that_it_leaves()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.StopApplication();
        var check = new MembershipCheck(new Oracle(SiloStatus.Active), lifetime);
        Assert.Equal(HealthStatus.Degraded, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task No_check_of_liveness_looks_at_the_database()
    {
        await using var silo = await StartAsync();
        var report = await silo.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains(HealthTags.Live));
        Assert.Equal(["flush lanes", "membership"], report.Entries.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true, true, HealthStatus.Healthy)]
    [InlineData(false, true, HealthStatus.Unhealthy)]
    [InlineData(true, false, HealthStatus.Unhealthy)]
    public async Task A_silo_without_one_of_its_flush_lanes_is_unfit_to_live(bool qValues, bool trajectories, HealthStatus expected)
    {
        var check = new FlushLanesCheck(new Pumps(qValues), new Pumps(trajectories));
        Assert.Equal(expected, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task Without_a_health_port_nothing_listens()
    {
        await using var silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = fixture.Database.ConnectionString });
        Assert.Null(silo.HttpUrl);
    }

    private Task<QLearningSilo> StartAsync(Action<ISiloBuilder>? configure = null, string? connectionString = null)
    {
        var settings = new SiloSettings
        {
            ConnectionString = connectionString ?? fixture.Database.ConnectionString,
            ClusterId = Guid.NewGuid().ToString("N"),
            HttpPort = 0,
        };
        return QLearningSilo.StartAsync(settings, configure: configure);
    }

    /// <summary>Pumps whose lanes run or have ended.</summary>
    private sealed class Pumps(bool isRunning) : IFlushPump, ITrajectoryPump
    {
        public TimeSpan OldestWait => TimeSpan.Zero;

        public bool IsRunning => isRunning;

        public Task<FlushOutcome> WriteAsync(QTableBatch batch) => throw new NotSupportedException();

        public Task WriteAsync(IReadOnlyList<TrajectoryRecord> trajectories) => throw new NotSupportedException();

        public Task<AgentTotals?> WriteEpisodeAsync(TrajectoryRecord trajectory, AgentProgress agent) => throw new NotSupportedException();
    }

    /// <summary>A silo that has a given status.</summary>
    private sealed class Oracle(SiloStatus status) : ISiloStatusOracle
    {
        public SiloStatus CurrentStatus => status;

        public string SiloName => "silo";

        public SiloAddress SiloAddress { get; } = SiloAddress.Zero;

        public SiloAddress[] GetActiveSilos() => [];

        public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => status;

        public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => [];

        public bool TryGetSiloName(SiloAddress siloAddress, out string siloName)
        {
            siloName = SiloName;
            return true;
        }

        public bool IsFunctionalDirectory(SiloAddress siloAddress) => true;

        public bool IsDeadSilo(SiloAddress silo) => status == SiloStatus.Dead;

        public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => true;

        public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => true;
    }
}
