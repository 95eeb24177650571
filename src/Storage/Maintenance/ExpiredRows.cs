using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Maintenance;

/// <summary>
/// Deletes expired rows, each batch in a transaction of its own, so that neither locks nor dead rows pile up; rows that a flush holds are
/// left for the next run.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class ExpiredRows(NpgsqlDataSource dataSource)
{
    private const int TrajectoriesPerBatch = 500;

    private const string Batch = "select deleted, reached from cleanup_expired_batch($1, $2, $3)";

    // Before their trajectories, whose deletion would take any number of them along in one transaction.
    private const string RewardsOfTrajectories = """
        delete from rewards where reward_id = any (array(
            select r.reward_id
            from (select trajectory_id from trajectories where expires_at <= now() order by expires_at limit 500 for update skip locked) t
            join rewards r using (trajectory_id)
            limit $1 for update of r skip locked))
        """;

    private const string LooseRewards = """
        delete from rewards where ctid = any (array(
            select ctid from rewards where trajectory_id is null and observed_at < now() - $2
            order by observed_at limit $1 for update skip locked))
        """;

    private const string PatternUses = """
        delete from pattern_uses where ctid = any (array(
            select ctid from pattern_uses where used_at < now() - $2 order by used_at limit $1 for update skip locked))
        """;

    private const string SilentClients = """
        delete from q_table_clients where ctid = any (array(
            select ctid from q_table_clients where used_at < now() - $2 limit $1 for update skip locked))
        """;

    private const string RequestKeys = """
        delete from idempotency_keys where ctid = any (array(
            select ctid from idempotency_keys where created_at < now() - $2 order by created_at limit $1 for update skip locked))
        """;

    /// <summary>
    /// How long it is remembered which calls were made. A client repeats one for seconds; a caller over HTTP may for the 24 hours that his
    /// key counts, and then its numbers must still be known.
    /// </summary>
    public static TimeSpan CallIdLife { get; } = TimeSpan.FromHours(25);

    /// <summary>Deletes everything that has expired.</summary>
    /// <param name="batchRows">The most rows in a transaction, 1 or more.</param>
    /// <param name="looseRewardLife">How long a reward lives that belongs to no trajectory.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>What was deleted, by table.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked; batches before that stay deleted.</exception>
    public Task<DeletedRows[]> DeleteAsync(int batchRows, TimeSpan looseRewardLife, CancellationToken cancellationToken) =>
        DeleteAllAsync(batchRows, looseRewardLife, cancellationToken).OrUnavailableAsync("delete expired rows");

    private async Task<DeletedRows[]> DeleteAllAsync(int batchRows, TimeSpan looseRewardLife, CancellationToken cancellationToken)
    {
        var qValues = await DeleteExpiredAsync("q_values", batchRows, cancellationToken);
        var (trajectories, rewards) = await DeleteTrajectoriesAsync(batchRows, cancellationToken);
        rewards += await RepeatAsync(LooseRewards, batchRows, looseRewardLife, cancellationToken);
        var patterns = await DeleteExpiredAsync("patterns", batchRows, cancellationToken);
        await RepeatAsync(PatternUses, batchRows, CallIdLife, cancellationToken);
        await RepeatAsync(SilentClients, batchRows, CallIdLife, cancellationToken);
        await RepeatAsync(RequestKeys, batchRows, CallIdLife, cancellationToken);
        return
        [
            new DeletedRows("q_values", qValues),
            new DeletedRows("trajectories", trajectories),
            new DeletedRows("rewards", rewards),
            new DeletedRows("patterns", patterns),
        ];
    }

    private async Task<(long Trajectories, long Rewards)> DeleteTrajectoriesAsync(int batchRows, CancellationToken cancellationToken)
    {
        var (trajectories, rewards) = (0L, 0L);
        while (true)
        {
            rewards += await RepeatAsync(RewardsOfTrajectories, batchRows, null, cancellationToken);
            var (deleted, _) = await DeleteBatchAsync(
                "trajectories", Math.Min(batchRows, TrajectoriesPerBatch), DateTime.MinValue, cancellationToken);
            trajectories += deleted;
            if (deleted == 0)
            {
                return (trajectories, rewards);
            }
        }
    }

    private async Task<long> DeleteExpiredAsync(string table, int batchRows, CancellationToken cancellationToken)
    {
        var (total, notBefore) = (0L, DateTime.MinValue);
        while (true)
        {
            var (deleted, reached) = await DeleteBatchAsync(table, batchRows, notBefore, cancellationToken);
            if (deleted == 0)
            {
                return total;
            }

            (total, notBefore) = (total + deleted, reached);
        }
    }

    private async Task<(long Deleted, DateTime Reached)> DeleteBatchAsync(
        string table, int batchRows, DateTime notBefore, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(Batch);
        // Npgsql writes the smallest DateTime as -infinity.
        command.Parameters
            .AddText(table)
            .AddInteger(batchRows)
            .AddValue(DateTime.SpecifyKind(notBefore, DateTimeKind.Utc), NpgsqlDbType.TimestampTz);
        var rows = await dataSource.ReadAloneAsync(
            command, reader => (reader.GetInt64(0), reader.GetTimeOrNull(1)?.UtcDateTime ?? notBefore), cancellationToken);
        return rows[0];
    }

    private async Task<long> RepeatAsync(string sql, int batchRows, TimeSpan? life, CancellationToken cancellationToken)
    {
        for (var total = 0L; ;)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddInteger(batchRows);
            if (life is { } age)
            {
                command.Parameters.AddValue(age, NpgsqlDbType.Interval);
            }

            var deleted = await dataSource.ExecuteAloneAsync(command, cancellationToken);
            total += deleted;
            if (deleted == 0)
            {
                return total;
            }
        }
    }
}
