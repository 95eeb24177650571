using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.QTables;

/// <summary>
/// Deletes Q-values in one statement with the lock of their owner's row, as a flush writes them: nothing is deleted for an owner that
/// lost its rows, and no newer owner reads rows that are about to go. In its transaction it sets qlearning.flush, so that the triggers
/// which note what other programs write pass over it, and lock_timeout, as flushes do.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTableEraser(NpgsqlDataSource dataSource) : IQTableEraser
{
    private const int RowsPerTransaction = 50_000;

    private static readonly TimeSpan _stateLimit = TimeSpan.FromSeconds(30);

    private const string Mine = $"""
        with mine as materialized (
            select o.agent_type, set_config('qlearning.flush', 'on', true) as flush,
                   {TimeLimits.LimitLockWait} as lock_timeout
            from q_table_owners o where o.agent_type = $1 and o.partition = $2 and o.epoch = $3 and o.owner_id = $4
            for update of o
        )
        """;

    private const string Result = """
        , gone as (
            delete from q_values q using found f where q.q_value_id = f.q_value_id and not $5
        )
        select (select count(*) from mine), (select count(*) from found)
        """;

    // By idx_q_values_lookup or uq_agent_state_action.
    private const string OfState = $"""
        {Mine}, found as (
            select q.q_value_id from q_values q join mine m using (agent_type)
            where q.state_hash = $6 and ($7::text is null or q.action_hash = $7)
        )
        {Result}
        """;

    // By idx_q_values_agent_state; of a table of several partitions each one looks at the rows of all.
    private const string OfPartition = $"""
        {Mine}, found as (
            select q.q_value_id from q_values q join mine m using (agent_type)
            where ($6 = 1 or q_partition(q.state_hash, $6) = $2) limit $7
        )
        {Result}
        """;

    /// <inheritdoc />
    public async Task<long?> EraseStateAsync(QTableOwner owner, ForgetRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var command = Command(OfState, owner, request.IsDryRun);
        command.Parameters.AddText(request.State?.ToString()).AddText(request.Action?.ToString());
        // Everything else of the partition waits for it.
        return await CountAsync(command, owner, request.IsDryRun, cancellationToken, _stateLimit);
    }

    /// <inheritdoc />
    public async Task<long?> EraseAllAsync(QTableOwner owner, bool isDryRun, CancellationToken cancellationToken)
    {
        for (var erased = 0L; ;)
        {
            var command = Command(OfPartition, owner, isDryRun);
            command.Parameters
                .AddInteger(owner.Partition.Count)
                .AddValue<long?>(isDryRun ? null : RowsPerTransaction, NpgsqlDbType.Bigint);
            if (await CountNextAsync(command, owner, isDryRun, erased, cancellationToken) is not { } rows)
            {
                return null;
            }

            erased += rows;
            if (isDryRun || rows < RowsPerTransaction)
            {
                return erased;
            }
        }
    }

    private async Task<long?> CountNextAsync(
        NpgsqlBatchCommand command, QTableOwner owner, bool isDryRun, long erased, CancellationToken cancellationToken)
    {
        try
        {
            return await CountAsync(command, owner, isDryRun, cancellationToken);
        }
        catch (StorageUnavailableException error) when (erased > 0)
        {
            throw new StorageUnavailableException(FormattableString.Invariant($"{error.Message} {erased} are forgotten."))
            {
                MayHaveTakenEffect = true,
            };
        }
    }

    private async Task<long?> CountAsync(
        NpgsqlBatchCommand command, QTableOwner owner, bool isDryRun, CancellationToken cancellationToken, TimeSpan? limit = null) =>
        (await dataSource.ReadAloneAsync(
            command, reader => reader.GetInt64(0) == 1 ? reader.GetInt64(1) : (long?)null, cancellationToken, limit)
            .OrUnavailableAsync($"forget Q-values of '{owner.Partition.Owner}'", isWrite: !isDryRun))[0];

    private static NpgsqlBatchCommand Command(string sql, QTableOwner owner, bool isDryRun)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .AddText(owner.Partition.AgentType)
            .AddInteger(owner.Partition.Index)
            .AddValue(owner.Epoch, NpgsqlDbType.Bigint)
            .AddValue(owner.Id, NpgsqlDbType.Uuid)
            .AddValue(isDryRun, NpgsqlDbType.Boolean);
        return command;
    }
}
