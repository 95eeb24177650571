using Npgsql;

namespace QLearning.Bench.Chaos.Faults;

/// <summary>
/// PostgreSQL's disk is full for a time: statements fail, or the server falls over its own log, and cannot come back until there is room.
/// </summary>
internal sealed class FullDisk : IFault
{
    // 32 MB, which no page that PostgreSQL has to spare can take; not logged, so that it is refused for its own sake.
    private const string Take = """
        create unlogged table if not exists chaos_room (line text);
        insert into chaos_room select repeat(md5(number::text), 50) from generate_series(1, 20000) number;
        """;

    private const string GiveBack = "drop table if exists chaos_room";

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(200);

    public string Name => "full-disk";

    public string Description => "The disk with PostgreSQL's data is full for a time; what waits must be flushed when it has room again.";

    public Task<string?> FindObstacleAsync(CancellationToken cancellationToken) => LimitedDisk.FindObstacleAsync(cancellationToken);

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        await HotReads.WarmUpAsync(scene, cancellationToken);
        var at = scene.Load.Now;
        using var away = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = HotReads.RunAsync(scene, away.Token);
        await scene.Cluster.Disk!.FillAsync(cancellationToken);
        var isFull = await IsFullAsync(scene, cancellationToken);
        if (scene.Outage - (scene.Load.Now - at) is { Ticks: > 0 } left)
        {
            await Task.Delay(left, scene.Time, cancellationToken);
        }

        await away.CancelAsync();
        var findings = await reading;
        scene.Cluster.Disk.MakeRoom();
        await scene.Cluster.StartPostgresAsync(cancellationToken);
        var recovery = await scene.FlushAsync(cancellationToken);
        await using var command = scene.Cluster.Database.CreateCommand(GiveBack);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new FaultResult(at, recovery, TimeSpan.FromSeconds(10))
        {
            Findings = isFull ? findings : [.. findings, "PostgreSQL went on writing although its disk was to be full."],
        };
    }

    /// <summary>Whether PostgreSQL has met the end of its disk.</summary>
    private static async Task<bool> IsFullAsync(Scene scene, CancellationToken cancellationToken)
    {
        for (var began = scene.Load.Now; scene.Load.Now - began < Scene.GiveUp;)
        {
            try
            {
                await using var command = scene.Cluster.Database.CreateCommand(Take);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (NpgsqlException)
            {
                // Refused for lack of room, or the server has fallen: either way the disk is full.
                return true;
            }

            await Task.Delay(_poll, scene.Time, cancellationToken);
        }

        return false;
    }
}
