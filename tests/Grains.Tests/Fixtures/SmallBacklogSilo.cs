using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.Fixtures;

/// <summary>A silo whose grains may have <see cref="Limit"/> Q-values waiting.</summary>
public sealed class SmallBacklogSilo : SiloFixture
{
    public const int Limit = 100;

    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(300);

    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.Configure<WriteBehindOptions>(options => (options.MaxBacklog, options.MaxRetryDelay) = (Limit, RetryDelay));
}
