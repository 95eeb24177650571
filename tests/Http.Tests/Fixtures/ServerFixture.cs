using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QLearning.Http.Security;
using QLearning.Silo;

namespace QLearning.Http.Tests.Fixtures;

/// <summary>A silo that answers HTTP, for all tests of this project.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private QLearningSilo? _silo;

    public TestDatabase Database => _database!;

    public QLearningSilo Silo => _silo!;

    internal ErrorLog Log { get; } = new();

    internal Api Api => new(Silo.HttpUrl!);

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = Database.ConnectionString, HttpPort = 0 },
            logging => logging.AddProvider(Log),
            silo => silo.Services.Configure<SecurityOptions>(security => security.Authentication = AuthenticationMode.Off));
    }

    public async Task DisposeAsync()
    {
        await Silo.DisposeAsync();
        await Database.DisposeAsync();
        Log.Dispose();
    }
}

/// <summary>The tests share one silo, and so run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ServerTests : ICollectionFixture<ServerFixture>
{
    public const string Name = "one server";
}
