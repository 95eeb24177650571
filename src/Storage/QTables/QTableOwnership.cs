using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.QTables;

/// <summary>
/// The fencing tokens in <c>q_table_owners</c>. Each activation of a grain takes the next epoch of the database's sequence and brings an id
/// of its own; from that commit on no flush of another activation can write, nor one of a grain that owned rows before the table was
/// repartitioned; so what is read after it stays as it is until the new owner changes it.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTableOwnership(NpgsqlDataSource dataSource) : IQTableOwnership
{
    private const string Take = "select acquire_q_table($1, $2, $3, $4, $5)";

    /// <inheritdoc />
    public async Task<OwnershipTaken> TakeAsync(TablePartition partition, bool repartition, CancellationToken cancellationToken)
    {
        var ownerId = Guid.NewGuid();
        await using var command = dataSource.CreateCommand(Take);
        command.Parameters
            .AddText(partition.AgentType)
            .AddInteger(partition.Index)
            .AddInteger(partition.Count)
            .AddValue(repartition, NpgsqlDbType.Boolean)
            .AddValue(ownerId, NpgsqlDbType.Uuid);
        var taken = await command.ExecuteScalarAsync(cancellationToken).OrUnavailableAsync(
            $"take the ownership of '{partition.Owner}'", missing: () => UnknownAgentTypeException.For(partition.AgentType));
        return taken switch
        {
            long and < 0 and var partitions => new OwnershipTaken(null, (int)-partitions),
            long epoch => new OwnershipTaken(epoch, partition.Count, ownerId),
            _ => new OwnershipTaken(null, 0),
        };
    }
}
