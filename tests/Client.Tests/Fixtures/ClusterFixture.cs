using QLearning.TestingHost;

namespace QLearning.Client.Tests.Fixtures;

/// <summary>A cluster of one silo on a database of its own; the silo can be stopped and started again.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private QLearningTestCluster? _cluster;

    public TestDatabase Database => _database!;

    /// <summary>The silo's port for clients.</summary>
    public int GatewayPort => _cluster!.Silos[0].GatewayPort;

    /// <summary>Connects with times that suit tests.</summary>
    /// <param name="configure">Changes them.</param>
    public Task<QLearningClient> ConnectAsync(Action<QLearningClientOptions>? configure = null) => QLearningClient.ConnectAsync(
        Database.ConnectionString,
        options =>
        {
            options.GatewayListRefreshPeriod = TimeSpan.FromMilliseconds(200);
            configure?.Invoke(options);
        });

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _cluster = await QLearningTestCluster.StartAsync(options =>
        {
            options.ConnectionString = Database.ConnectionString;
            options.ConnectClient = false;
        });
    }

    public async Task DisposeAsync()
    {
        await _cluster!.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Starts a silo, on ports that no other has.</summary>
    public Task StartSiloAsync() => _cluster!.StartSiloAsync();

    public async Task StopSiloAsync()
    {
        if (_cluster!.Silos is [var silo])
        {
            await _cluster.StopSiloAsync(silo);
        }
    }

    /// <summary>The sum of an agent type's visit counts in the database.</summary>
    /// <param name="agentType">The agent type.</param>
    public Task<long> VisitsAsync(string agentType) => Database.QueryAsync<long>(
        $"select coalesce(sum(visit_count), 0)::bigint from q_values where agent_type = '{agentType}'");
}
