using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo that flushes only when it must, three Q-values at a time.</summary>
public sealed class SmallBatchSilo : SiloFixture
{
    protected override void Configure(ISiloBuilder silo) => silo.Services.Configure<WriteBehindOptions>(
        options => (options.MaxRowsPerBatch, options.FlushInterval) = (3, TimeSpan.FromMinutes(10)));
}
