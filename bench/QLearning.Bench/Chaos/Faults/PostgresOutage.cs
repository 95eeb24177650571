namespace QLearning.Bench.Chaos.Faults;

/// <summary>PostgreSQL is stopped and started again.</summary>
internal sealed class PostgresOutage : IFault
{
    public string Name => "postgres-outage";

    public string Description =>
        "PostgreSQL is stopped for a time; hot reads must all be answered, and what waits must be flushed when it is back.";

    public Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken) =>
        scene.TakePostgresAwayAsync(() => scene.Cluster.StopPostgresAsync(cancellationToken), cancellationToken);
}
