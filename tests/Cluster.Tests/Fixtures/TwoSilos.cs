using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>An agent type whose grain is in a silo, of the 18 that are registered.</summary>
    public async Task<string> TypeOnAsync(int silo)
    {
        var types = await GrainsOf(0).GetGrain<IRegistryGrain>(IRegistryGrain.Key).GetAgentTypes();
        foreach (var type in types)
        {
            var statistics = await GrainsOf(0).GetGrain<IAgentTypeGrain>(type.AgentType).GetStatistics();
            if (statistics.Silo.Contains(FormattableString.Invariant($":{_silos[silo].SiloPort}:"), StringComparison.Ordinal))
            {
                return type.AgentType;
            }
        }

        throw new InvalidOperationException($"No agent type has its grain in silo {silo}.");
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
