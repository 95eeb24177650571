using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Bench.Chaos.Faults;
using QLearning.Storage.Migrations;

namespace QLearning.Bench.Upgrade;

/// <summary>
/// The cluster's silos, of an older program, are replaced by those of this one as the guide says: migrations first, then each new silo is
/// active before an old one is stopped.
/// </summary>
internal sealed class SilosReplaced : IFault
{
    public string Name => "upgrade";

    public string Description => "Migrations, then a new silo beside each old one, which is stopped by SIGTERM; clients may see no error.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var (at, slowest) = (scene.Load.Now, TimeSpan.Zero);
        await SchemaMigrator.MigrateAsync(scene.Cluster.ConnectionString, NullLogger.Instance, cancellationToken);
        foreach (var old in scene.Cluster.Silos.ToList())
        {
            await scene.Cluster.AddSiloAsync(cancellationToken);
            // Both programs at work together for a while, with grains on each.
            await Task.Delay(TimeSpan.FromSeconds(2), scene.Time, cancellationToken);
            var stopping = old.TerminateAsync(cancellationToken);
            var took = await scene.RecoverAsync(cancellationToken);
            await stopping;
            await scene.Cluster.RemoveAsync(old);
            slowest = took > slowest ? took : slowest;
        }

        return new FaultResult(at, slowest, TimeSpan.FromSeconds(3)) { ErrorsAllowed = false };
    }
}
