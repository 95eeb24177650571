using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.QTables;

/// <summary>Reads which numbered updates of which client are in the Q-values of a part of a Q-table.</summary>
/// <param name="dataSource">The database.</param>
public sealed class ClientWindowReader(NpgsqlDataSource dataSource) : IClientWindowReader
{
    private const string OfPartition = "select client_id, floor, above from q_table_clients where agent_type = $1 and partition = $2";

    /// <inheritdoc />
    public async Task<IReadOnlyList<ClientWindowWrite>> ReadAsync(AgentTypeKey owner, CancellationToken cancellationToken)
    {
        try
        {
            var windows = new List<ClientWindowWrite>();
            await using var command = dataSource.CreateCommand(OfPartition);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner.AgentType });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = owner.Partition });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                windows.Add(new ClientWindowWrite(reader.GetGuid(0), reader.GetInt64(1), reader.GetFieldValue<long[]>(2)));
            }

            return windows;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller($"load the clients of '{owner}'", error);
        }
    }
}
