using Npgsql;

namespace QLearning.Bench.Soak;

/// <summary>
/// Makes PostgreSQL slow for flushes, as an overloaded server is: it holds the lock that every flush needs for most of the time, so that
/// flushes get through only now and then. Clustering and reads are left alone.
/// </summary>
internal sealed class FlushThrottle(NpgsqlDataSource database, TimeProvider time)
{
    private const string Hold = "begin; lock table q_table_owners in exclusive mode";
    private const string Release = "commit";

    private static readonly TimeSpan _held = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan _free = TimeSpan.FromMilliseconds(100);

    /// <summary>Throttles until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        while (!cancellationToken.IsCancellationRequested)
        {
            await ExecuteAsync(connection, Hold);
            await Task.Delay(_held, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ExecuteAsync(connection, Release);
            await Task.Delay(_free, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
