using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;
using QLearning.Testing.Proxy;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo whose way to PostgreSQL can be cut.</summary>
public sealed class ProxiedSilo : SiloFixture
{
    private TcpProxy? _proxy;

    public TcpProxy Proxy => _proxy ??= new TcpProxy(Database.ConnectionString);

    protected override string SiloConnectionString => Proxy.ConnectionString;

    public override async Task DisposeAsync()
    {
        Proxy.Open();
        await base.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    // Quick to come back, so that the tests are quick.
    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.Configure<WriteBehindOptions>(options => options.MaxRetryDelay = TimeSpan.FromMilliseconds(200));
}
