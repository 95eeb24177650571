using QLearning.Silo;

namespace QLearning.Client.Tests.Fixtures;

/// <summary>A cluster of one silo on a database of its own; the silo can be stopped and started again.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private QLearningSilo? _silo;

    public TestDatabase Database => _database!;

    /// <summary>The silo's port for clients.</summary>
    public int GatewayPort => _silo!.GatewayPort;

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
        await StartSiloAsync();
    }

    public async Task DisposeAsync()
    {
        await StopSiloAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Starts a silo, on ports that no other has.</summary>
    public async Task StartSiloAsync() =>
        _silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = Database.ConnectionString });

    public async Task StopSiloAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
            _silo = null;
        }
    }

    /// <summary>The sum of an agent type's visit counts in the database.</summary>
    /// <param name="agentType">The agent type.</param>
    public Task<long> VisitsAsync(string agentType) => Database.QueryAsync<long>(
        $"select coalesce(sum(visit_count), 0)::bigint from q_values where agent_type = '{agentType}'");
}
