namespace QLearning.Bench.Chaos.Faults;

/// <summary>All silos are stopped by SIGTERM and started again, one after another.</summary>
internal sealed class RollingRestart : IFault
{
    public string Name => "rolling-restart";

    public string Description => "SIGTERM and a new start of every silo, one after another; clients may see no error.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var (at, slowest) = (scene.Load.Now, TimeSpan.Zero);
        foreach (var silo in scene.Cluster.Silos.ToList())
        {
            var stopping = silo.TerminateAsync(cancellationToken);
            var recovery = scene.RecoverAsync(cancellationToken);
            await stopping;
            await scene.Cluster.RemoveAsync(silo);
            await scene.Cluster.AddSiloAsync(cancellationToken);
            var took = await recovery;
            slowest = took > slowest ? took : slowest;
        }

        return new FaultResult(at, slowest, TimeSpan.FromSeconds(3)) { ErrorsAllowed = false };
    }
}
