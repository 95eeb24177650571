using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.Placement;
using QLearning.TestingHost;

namespace QLearning.Cluster.Tests.Fixtures;

/// <summary>A cluster of two silos on a database of its own.</summary>
public class TwoSilos : IAsyncLifetime
{
    private TestDatabase? _database;
    private QLearningTestCluster? _cluster;

    public TestDatabase Database => _database!;

    public IReadOnlyList<QLearningSilo> Silos => _cluster!.Silos;

    /// <summary>The way to the grains from inside a silo.</summary>
    public IGrainFactory GrainsOf(int silo) => Silos[silo].Services.GetRequiredService<IGrainFactory>();

    /// <summary>A registered agent type whose grain is in a silo.</summary>
    public async Task<string> TypeOnAsync(int silo)
    {
        var type = silo == 0 ? "test-generator" : "test-executor";
        var address = Silos[silo].Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        RequestContext.Set(IPlacementDirector.PlacementHintKey, address);
        var statistics = await GrainsOf(silo).GetGrain<IAgentTypeGrain>(type).GetStatistics();
        RequestContext.Clear();
        return statistics.Silo == address.ToString()
            ? type
            : throw new InvalidOperationException($"The grain of '{type}' is in {statistics.Silo}, not in {address}.");
    }

    public virtual async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _cluster = await QLearningTestCluster.StartAsync(options =>
        {
            options.InitialSilos = 2;
            options.ConnectionString = ConnectionString;
            options.ConnectClient = false;
            options.ConfigureSilo = Configure;
        });
        await Eventually.Holds(
            () => Silos.All(silo => silo.Services.GetRequiredService<IClusterManifestProvider>().Current.Silos.Count == 2),
            "each silo to know both");
    }

    public async Task DisposeAsync()
    {
        await _cluster!.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected virtual string ConnectionString => Database.ConnectionString;

    // No silo dies here: one that is late on a busy machine must not be taken for dead.
    protected virtual void Configure(ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(options =>
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(10);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(10);
    });
}
