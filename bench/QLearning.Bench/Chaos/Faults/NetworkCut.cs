namespace QLearning.Bench.Chaos.Faults;

/// <summary>Two silos that cannot reach each other, while both reach PostgreSQL and the clients: each takes the other for dead.</summary>
internal sealed class NetworkCut : IFault
{
    private static readonly TimeSpan _cut = TimeSpan.FromSeconds(12);

    public string Name => "network-cut";

    public string Description => "Two silos in network namespaces of their own lose the way to each other for 12 s.";

    public Task<string?> FindObstacleAsync(CancellationToken cancellationToken) => NetworkNamespaces.FindObstacleAsync(cancellationToken);

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        await using var network = await NetworkNamespaces.CreateAsync(cancellationToken);
        // All others stop first: those on loopback would not be reached from the namespaces, which is another fault.
        var others = scene.Cluster.Silos.Count;
        await StopAllAsync(scene, cancellationToken);
        var connectionString = scene.Cluster.Proxy.Through(NetworkNamespaces.HostAddress);
        foreach (var place in NetworkNamespaces.Places)
        {
            await scene.Cluster.AddSiloAsync(connectionString, place.Address, place.Command, cancellationToken);
        }

        await scene.RecoverAsync(cancellationToken);
        var at = scene.Load.Now;
        await NetworkNamespaces.CutAsync(cancellationToken);
        var recovery = await scene.RecoverAsync(cancellationToken);
        if (_cut - (scene.Load.Now - at) is { Ticks: > 0 } left)
        {
            await Task.Delay(left, scene.Time, cancellationToken);
        }

        await NetworkNamespaces.MendAsync(cancellationToken);
        await StopAllAsync(scene, cancellationToken);
        for (var i = 0; i < others; i++)
        {
            await scene.Cluster.AddSiloAsync(cancellationToken);
        }

        return new FaultResult(at, recovery, TimeSpan.FromSeconds(10));
    }

    // One of the two may have ended by itself: the one that was declared dead.
    private static async Task StopAllAsync(Scene scene, CancellationToken cancellationToken)
    {
        foreach (var silo in scene.Cluster.Silos.ToList())
        {
            if (!silo.HasExited)
            {
                await silo.SignalAsync("TERM");
            }

            await silo.WaitForExitAsync(cancellationToken);
            await scene.Cluster.RemoveAsync(silo);
        }
    }
}
