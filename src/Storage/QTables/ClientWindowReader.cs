using Npgsql;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.QTables;

/// <summary>Reads which numbered updates of which client are in the Q-values of a partition.</summary>
/// <param name="dataSource">The database.</param>
public sealed class ClientWindowReader(NpgsqlDataSource dataSource) : IClientWindowReader
{
    private const string OfPartition = "select client_id, floor, above from q_table_clients where agent_type = $1 and partition = $2";

    /// <inheritdoc />
    public async Task<IReadOnlyList<ClientWindow>> ReadAsync(AgentTypeKey owner, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(OfPartition);
        command.Parameters.AddText(owner.AgentType).AddInteger(owner.Partition);
        return await command
            .ReadAllAsync(Read, cancellationToken)
            .OrUnavailableAsync($"load the clients of '{owner}'");
    }

    private static ClientWindow Read(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetInt64(1), reader.GetFieldValue<long[]>(2));
}
