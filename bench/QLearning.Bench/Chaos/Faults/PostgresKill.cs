namespace QLearning.Bench.Chaos.Faults;

/// <summary>PostgreSQL dies at once, with everything that it had not written, and is started again.</summary>
internal sealed class PostgresKill : IFault
{
    public string Name => "postgres-kill";

    public string Description => "kill -9 of PostgreSQL's postmaster, and a start after a time: it recovers from its log.";

    public Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken) =>
        scene.TakePostgresAwayAsync(scene.Cluster.KillPostgresAsync, cancellationToken);
}
