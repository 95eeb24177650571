using Microsoft.Extensions.DependencyInjection;
using QLearning.Client;
using QLearning.Client.Connection;
using QLearning.Silo;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo on a database of its own.</summary>
public class SiloFixture : IAsyncLifetime
{
    private static int _count;
    private TestDatabase? _database;
    private QLearningSilo? _silo;
    private ClusterQLearningClient? _client;

    /// <summary>The database, asked without the silo.</summary>
    public TestDatabase Database => _database!;

    /// <summary>The way to its grains.</summary>
    public IGrainFactory Grains => _silo!.Services.GetRequiredService<IGrainFactory>();

    /// <summary>A client beside the silo's grains, as programs have it.</summary>
    internal IQLearningClient Client => _client ??= Clients.Over(_silo!.Services);

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _silo!.Services;

    /// <summary>Adds an agent type that no other test has.</summary>
    /// <param name="metadata">Its settings as JSON.</param>
    /// <param name="isActive">Whether it learns.</param>
    public async Task<TestAgentType> AddAgentTypeAsync(string metadata = "{}", bool isActive = true)
    {
        var name = $"tested-{Interlocked.Increment(ref _count)}";
        await Database.ExecuteInAsync(
            $"""
            insert into agent_types (agent_type, display_name, is_active, metadata) values ('{name}', '{name}', {isActive}, '{metadata}')
            """);
        return AgentType(name);
    }

    /// <summary>An agent type that is registered.</summary>
    /// <param name="name">Its name.</param>
    public TestAgentType AgentType(string name) => new(name, Database, () => Grains);

    /// <summary>An agent of a type.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="instance">Its name.</param>
    public TestAgent Agent(TestAgentType type, string instance = "tg-1") => new(type, instance, Database, () => Grains);

    /// <summary>A running session.</summary>
    /// <param name="type">Its agent type.</param>
    public async Task<SessionInfo> StartSessionAsync(TestAgentType type) =>
        await Grains.GetGrain<ISessionGrain>(Guid.CreateVersion7()).Start(new SessionStart { AgentType = type.Name });

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await StartSiloAsync();
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        await StopSiloAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Stops the silo gracefully.</summary>
    public async Task StopSiloAsync()
    {
        if (_silo is not null)
        {
            _client?.Dispose();
            _client = null;
            await _silo.DisposeAsync();
            _silo = null;
        }
    }

    /// <summary>Starts a silo, the first or the next one.</summary>
    public async Task StartSiloAsync() =>
        _silo = await QLearningSilo.StartAsync(new SiloSettings { ConnectionString = SiloConnectionString }, configure: Configure);

    /// <summary>How the silo reaches the database.</summary>
    protected virtual string SiloConnectionString => Database.ConnectionString;

    /// <summary>Changes the silo's options.</summary>
    /// <param name="silo">The silo.</param>
    protected virtual void Configure(ISiloBuilder silo)
    {
    }
}
