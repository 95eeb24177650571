using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo that gives up a grain call after <see cref="Limit"/>.</summary>
public sealed class ShortCallSilo : SiloFixture
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = Limit);
}
