using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo that flushes only when it must, and whose grains together may have <see cref="Limit"/> Q-values waiting.</summary>
public sealed class SmallSiloBacklog : SiloFixture
{
    public const int Limit = 100;

    /// <summary>What the silo counts.</summary>
    public SiloBacklog Backlog => Services.GetRequiredService<SiloBacklog>();

    protected override void Configure(ISiloBuilder silo) => silo.Services.Configure<WriteBehindOptions>(options =>
        (options.MaxSiloBacklog, options.MaxTrajectoryBacklog, options.FlushInterval) = (Limit, Limit, TimeSpan.FromMinutes(10)));
}
