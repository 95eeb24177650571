using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>
/// The fencing tokens in <c>q_table_owners</c>. Each activation of a grain takes a higher epoch; from that commit on no flush of an
/// older activation can write, so what is read after it stays as it is until the new owner changes it.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTableOwnership(NpgsqlDataSource dataSource)
{
    private const string Take = """
        insert into q_table_owners as o (agent_type, partition, epoch, watermark) values ($1, $2, 1, 0)
        on conflict (agent_type, partition) do update set epoch = o.epoch + 1, watermark = 0, taken_at = now()
        returning epoch
        """;

    /// <summary>Takes the ownership of a grain's rows.</summary>
    /// <param name="owner">The grain.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>The epoch of the caller.</returns>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<long> TakeAsync(AgentTypeKey owner, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = dataSource.CreateCommand(Take);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner.AgentType });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = owner.Partition });
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw UnknownAgentTypeException.For(owner.AgentType);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"take the ownership of '{owner}'", error);
        }
    }
}
