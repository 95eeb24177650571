using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.QTables;

/// <summary>Reads which numbered updates of which client are in an agent type's Q-values.</summary>
/// <param name="dataSource">The database.</param>
public sealed class ClientWindowReader(NpgsqlDataSource dataSource)
{
    // Of all partitions: a state's row may have been owned by another one when its update was learned.
    private const string OfAgentType = "select client_id, floor, above from q_table_clients where agent_type = $1";

    /// <summary>Reads all windows; a client has one for each partition that learned from it.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<IReadOnlyList<ClientWindowWrite>> ReadAsync(string agentType, CancellationToken cancellationToken)
    {
        try
        {
            var windows = new List<ClientWindowWrite>();
            await using var command = dataSource.CreateCommand(OfAgentType);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                windows.Add(new ClientWindowWrite(reader.GetGuid(0), reader.GetInt64(1), reader.GetFieldValue<long[]>(2)));
            }

            return windows;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"load the clients of '{agentType}'", error);
        }
    }
}
