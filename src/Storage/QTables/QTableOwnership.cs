using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>
/// The fencing tokens in <c>q_table_owners</c>. Each activation of a grain takes the next epoch of the database's sequence and brings an id of
/// its own; from that commit on no flush of another activation can write, nor one of a grain that owned the rows when the table was partitioned
/// otherwise; so what is read after it stays as it is until the new owner changes it.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTableOwnership(NpgsqlDataSource dataSource) : IQTableOwnership
{
    private const string Take = "select acquire_q_table($1, $2, $3, $4, $5)";

    /// <inheritdoc />
    public async Task<OwnershipTaken> TakeAsync(TablePartition part, bool repartition, CancellationToken cancellationToken)
    {
        var ownerId = Guid.NewGuid();
        try
        {
            await using var command = dataSource.CreateCommand(Take);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = part.AgentType });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = part.Index });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = part.Count });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = repartition });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ownerId });
            return await command.ExecuteScalarAsync(cancellationToken) switch
            {
                long and < 0 and var split => new OwnershipTaken(null, (int)-split),
                long epoch => new OwnershipTaken(epoch, part.Count, ownerId),
                _ => new OwnershipTaken(null, 0),
            };
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw UnknownAgentTypeException.For(part.AgentType);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"take the ownership of '{part.Owner}'", error);
        }
    }
}
