namespace QLearning.Bench.Chaos.Faults;

/// <summary>PostgreSQL's backends end in the middle of what they do.</summary>
internal sealed class BackendsTerminated : IFault
{
    private const int Times = 20;
    private const string Terminate = """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and application_name = 'qlearning' and pid <> pg_backend_pid()
        """;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(70);

    public string Name => "backends-terminated";

    public string Description => "The silos' connections to PostgreSQL are terminated twenty times, some in the middle of a flush.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        var at = scene.Load.Now;
        for (var i = 0; i < Times; i++)
        {
            await using var command = scene.Cluster.Database.CreateCommand(Terminate);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await Task.Delay(_interval, scene.Time, cancellationToken);
        }

        return new FaultResult(at, await scene.FlushAsync(cancellationToken), TimeSpan.FromSeconds(10));
    }
}
