using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Http.Security;
using QLearning.Silo;

namespace QLearning.Mcp.Tests.Fixtures;

/// <summary>A silo that answers MCP, for all tests of this project.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private QLearningSilo? _silo;

    public TestDatabase Database => _database!;

    public Uri Url => _silo!.HttpUrl!;

    internal SwitchedAccess Access { get; } = new();

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = Database.ConnectionString, HttpPort = 0 },
            configure: silo => silo.Services
                .AddSingleton<IMcpAccess>(Access)
                .Configure<SecurityOptions>(security => security.Authentication = AuthenticationMode.Off));
    }

    public async Task DisposeAsync()
    {
        await _silo!.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>What callers may do, as the test says that runs.</summary>
internal sealed class SwitchedAccess : IMcpAccess
{
    public bool Learns { get; set; } = true;

    public string? Only { get; set; }

    public bool MayRead(ClaimsPrincipal? user) => true;

    public bool MayLearn(ClaimsPrincipal? user) => Learns;

    public bool MayUse(ClaimsPrincipal? user, string agentType) => Only is null || Only == agentType;
}

/// <summary>The tests share one silo, and so run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ServerTests : ICollectionFixture<ServerFixture>
{
    public const string Name = "one server";
}
