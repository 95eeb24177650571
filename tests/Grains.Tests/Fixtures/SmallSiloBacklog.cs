using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo that flushes only when it must, and whose grains together may have <see cref="Limit"/> Q-values waiting.</summary>
public sealed class SmallSiloBacklog : SiloFixture
{
    public const int Limit = 100;

    // What PostgreSQL refused is tried again when a test wants it, not in the middle of one.
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(10);

    /// <summary>What the silo counts.</summary>
    public SiloBacklog Backlog => Services.GetRequiredService<SiloBacklog>();

    protected override void Configure(ISiloBuilder silo) => silo.Services.Configure<WriteBehindOptions>(options =>
    {
        (options.MaxSiloBacklog, options.MaxTrajectoryBacklog) = (Limit, Limit);
        (options.FlushInterval, options.MaxRetryDelay) = (TimeSpan.FromMinutes(10), RetryDelay);
    });
}
