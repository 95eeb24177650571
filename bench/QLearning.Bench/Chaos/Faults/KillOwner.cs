namespace QLearning.Bench.Chaos.Faults;

/// <summary>A silo dies at once, with everything that only it knew.</summary>
internal sealed class KillOwner : IFault
{
    public string Name => "kill";

    public string Description => "kill -9 of the silo that holds a hot agent type.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var owner = await scene.FindOwnerAsync(cancellationToken);
        var at = scene.Load.Now;
        await owner.KillAsync();
        var recovery = await scene.RecoverAsync(cancellationToken);
        await scene.Cluster.RemoveAsync(owner);
        await scene.Cluster.AddSiloAsync(cancellationToken);
        return new FaultResult(at, recovery, TimeSpan.FromSeconds(3)) { InFlightLimit = TimeSpan.FromSeconds(6) };
    }
}
