using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo that flushes by itself so seldom that whatever is written in a test was written for another reason.</summary>
public sealed class SlowFlushSilo : SiloFixture
{
    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.Configure<WriteBehindOptions>(options => options.FlushInterval = TimeSpan.FromMinutes(10));
}
