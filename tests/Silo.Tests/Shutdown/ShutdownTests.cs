using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using QLearning.Storage.WriteBehind;
using QLearning.Testing.Proxy;

namespace QLearning.Silo.Tests.Shutdown;

/// <summary>A stop writes what waits as long as PostgreSQL is there, and ends in time when it is not.</summary>
public sealed class ShutdownTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    /// <summary>What a stop may take longer than its setting: leaving the cluster, and a slow machine.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(24);

    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task The_pump_outlives_the_grains()
    {
        // One lane and one row a transaction: the stop needs many transactions for what the grains hand over as they go.
        string[] types = ["test-generator", "test-executor", "coverage-analyzer", "quality-gate", "fleet-commander", "chaos-engineer"];
        await using (var silo = await QLearningSilo.StartAsync(Settings(), configure: SlowFlushes))
        {
            await Task.WhenAll(types.SelectMany(type => Enumerable.Range(0, 50).Select(i => silo.LearnAsync(type, $"s{i}"))));
            Assert.Equal(0, await VisitsAsync());
        }

        Assert.Equal(types.Length * 50, await VisitsAsync());
        await fixture.Database.ExecuteInAsync("delete from q_values");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_PostgreSQL_is_away_a_stop_ends_in_time_and_has_said_what_is_lost(bool hangs)
    {
        await using var cut = await StartCutOffAsync();
        await cut.Silo.LearnAsync("visual-tester", "t");
        if (hangs)
        {
            cut.Proxy.Hang();
        }
        else
        {
            cut.Proxy.Close();
        }

        await AssertLosesAsync(cut, 2);
    }

    [Fact]
    public async Task A_call_that_waits_for_PostgreSQL_does_not_take_the_time_in_which_its_grain_says_what_is_lost()
    {
        await using var cut = await StartCutOffAsync();
        cut.Proxy.Hang();
        var durable = cut.Silo.LearnAsync("visual-tester", "t", WriteMode.Durable);
        await Eventually.Holds(async () =>
            (await cut.Silo.AgentType("visual-tester").GetStatistics()).Backlog == 2, "the call to wait for its flush");

        await AssertLosesAsync(cut, 2);
        var error = await Assert.ThrowsAsync<FencedException>(() => durable);
        Assert.False(error.IsBeforeLearning);
        Assert.Equal("The silo of 'visual-tester' is stopping, and PostgreSQL did not answer in time. Call again.", error.Message);
    }

    [Fact]
    public async Task Queries_of_the_runtime_that_hang_do_not_take_the_time_in_which_a_grain_says_what_is_lost()
    {
        await using var cut = await StartCutOffAsync(silo => silo.Services.Configure<ClusterMembershipOptions>(options =>
            (options.TableRefreshTimeout, options.DefunctSiloCleanupPeriod) = (_often, _often)));
        // The runtime removes silos that are long dead.
        cut.Proxy.Hang(from: "delete from orleans_membership");
        await fixture.Database.ExecuteInAsync($"""
            insert into orleans_membership (deployment_id, address, port, generation, silo_name, host_name, status,
                proxy_port, start_time, i_am_alive_time)
            values ('{cut.Settings.ClusterId}', '127.0.0.1', 1, 1, 'dead', 'dead', 6, 1,
                now() - interval '1 year', now() - interval '1 year');
            update orleans_membership_version set version = version + 1
            """);
        await Eventually.Holds(() => cut.Proxy.Held.Length > 0, "the runtime to ask PostgreSQL");

        await AssertLosesAsync(cut, 1);
    }

    [Fact]
    public async Task A_read_that_hangs_does_not_take_the_time_in_which_its_grain_says_what_is_lost()
    {
        await fixture.Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
            select 'visual-tester', 'stored-' || i, '{}', 'a', '{}', 1, 0 from generate_series(1, 20001) i;
            update agent_types set metadata = metadata || '{"hotLimit": 20000}' where agent_type = 'visual-tester'
            """);
        await using var cut = await StartCutOffAsync();
        cut.Proxy.Hang(from: "stored-3");
        var read = cut.Silo.AgentType("visual-tester").GetBestAction(State.FromKey("stored-3").Key).AsTask();
        await Eventually.Holds(() => cut.Proxy.Held.Contains("stored-3", StringComparison.Ordinal), "the read to wait");

        await AssertLosesAsync(cut, 1);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => read);
        await fixture.Database.ExecuteInAsync(
            "delete from q_values; update agent_types set metadata = metadata - 'hotLimit' where agent_type = 'visual-tester'");
    }

    [Fact]
    public async Task A_stop_waits_for_PostgreSQL_to_come_back()
    {
        await using var proxy = new TcpProxy(fixture.Database.ConnectionString);
        var silo = await QLearningSilo.StartAsync(Settings(), configure: silo =>
        {
            SlowFlushes(silo);
            silo.Services.AddSingleton(_ => NpgsqlDataSource.Create(proxy.ConnectionString));
        });
        await silo.LearnAsync("visual-tester", "s");
        var pump = silo.Services.GetRequiredService<IFlushPump>();
        proxy.Close();
        var stopping = silo.DisposeAsync().AsTask();
        await Eventually.Holds(() => pump.OldestWait > TimeSpan.Zero, "the flush of the stop to wait");
        Assert.False(stopping.IsCompleted);
        proxy.Open();
        await stopping.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await VisitsAsync());
        await fixture.Database.ExecuteInAsync("delete from q_values");
    }

    [Fact]
    public async Task Waiting_for_the_end_ends_when_it_is_told_to()
    {
        await using var silo = await QLearningSilo.StartAsync(Settings());
        using var stop = new CancellationTokenSource();
        var waiting = silo.WaitForShutdownAsync(stop.Token);
        Assert.Null(await silo.VisitsAsync("test-data-architect", "s"));
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private SiloSettings Settings() => new()
    {
        ConnectionString = fixture.Database.ConnectionString,
        ClusterId = Guid.NewGuid().ToString("N"),
    };

    /// <summary>Starts a silo that does not flush by itself and has learned one thing.</summary>
    private async Task<CutOff> StartCutOffAsync(Action<ISiloBuilder>? configure = null)
    {
        var (proxy, log, settings) = (new TcpProxy(fixture.Database.ConnectionString), new ErrorLog(), Settings());
        // Without a reset before a query, as with a new connection: then Npgsql cancels it by asking the server, and waits for that.
        settings.ConnectionString = proxy.ConnectionString + ";No Reset On Close=true";
        // Enough that its grains say what they lose, also where many tests run at once.
        settings.ShutdownTimeout = TimeSpan.FromSeconds(6);
        var silo = await QLearningSilo.StartAsync(settings, logging => logging.AddProvider(log), silo =>
        {
            SlowFlushes(silo);
            configure?.Invoke(silo);
        });
        await silo.LearnAsync("visual-tester", "s");
        return new CutOff(silo, proxy, settings, log);
    }

    /// <summary>Stops the silo, which must end in time and have said what is lost.</summary>
    private async Task AssertLosesAsync(CutOff cut, int changes)
    {
        var began = TimeProvider.System.GetTimestamp();
        await cut.Silo.DisposeAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, cut.Settings.ShutdownTimeout + _grace);
        var said = Assert.Single(cut.Log.Errors,
            message => message.StartsWith("Deactivation of 'visual-tester'", StringComparison.Ordinal));
        Assert.Contains($" loses {changes} changes that PostgreSQL does not have", said, StringComparison.Ordinal);
        Assert.Equal(0, await VisitsAsync());
    }

    private Task<long> VisitsAsync() => fixture.Database.QueryAsync<long>("select coalesce(sum(visit_count), 0)::bigint from q_values");

    private static void SlowFlushes(ISiloBuilder silo) => silo.Services.Configure<WriteBehindOptions>(options =>
    {
        (options.FlushInterval, options.Lanes) = (TimeSpan.FromMinutes(10), 1);
        (options.MaxRowsPerBatch, options.MaxRowsPerTransaction) = (1, 1);
    });

    /// <summary>A silo whose way to PostgreSQL can be cut. Its test stops it.</summary>
    private sealed record CutOff(QLearningSilo Silo, TcpProxy Proxy, SiloSettings Settings, ErrorLog Log) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Proxy.DisposeAsync();
    }
}
