using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;

namespace QLearning.Cluster.Tests.Fixtures;

/// <summary>A cluster of two silos on a database of its own.</summary>
public class TwoSilos : IAsyncLifetime
{
    private readonly List<QLearningSilo> _silos = [];
    private TestDatabase? _database;

    public TestDatabase Database => _database!;

    public IReadOnlyList<QLearningSilo> Silos => _silos;

    /// <summary>The way to the grains from inside a silo.</summary>
    public IGrainFactory GrainsOf(int silo) => _silos[silo].Services.GetRequiredService<IGrainFactory>();

    /// <summary>A registered agent type whose grain is in a silo.</summary>
    public async Task<string> TypeOnAsync(int silo)
    {
        var type = silo == 0 ? "test-generator" : "test-executor";
        var address = _silos[silo].Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
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
        await StartAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await Database.DisposeAsync();
    }

    protected virtual string ConnectionString => Database.ConnectionString;

    protected virtual void Configure(ISiloBuilder silo)
    {
    }

    private async Task StartAsync() => _silos.Add(await QLearningSilo.StartAsync(
        new SiloSettings { ConnectionString = ConnectionString }, configure: Configure));
}
