using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Storage.AgentTypes;

/// <summary>Reads the table <c>agent_types</c>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class AgentTypeStore(NpgsqlDataSource dataSource)
{
    private const string Columns = """
        select agent_type, display_name, description, learning_rate::float8, discount_factor::float8, exploration_rate::float8,
               min_exploration_rate::float8, exploration_decay::float8, is_active, metadata::text
        from agent_types
        """;

    /// <summary>All agent types by name.</summary>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo[]> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{Columns} order by agent_type");
        return await ReadAsync(command, "list the agent types", cancellationToken);
    }

    /// <summary>One agent type.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="InvalidInputException">Its metadata holds a setting that is not allowed.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{Columns} where agent_type = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
        var found = await ReadAsync(command, $"look up the agent type '{agentType}'", cancellationToken);
        return found is [var info] ? info : throw UnknownAgentTypeException.For(agentType);
    }

    private static async Task<AgentTypeInfo[]> ReadAsync(NpgsqlCommand command, string work, CancellationToken cancellationToken)
    {
        try
        {
            var infos = new List<AgentTypeInfo>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                infos.Add(Read(reader));
            }

            return [.. infos];
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.ToCaller(work, error);
        }
    }

    private static AgentTypeInfo Read(NpgsqlDataReader reader)
    {
        var agentType = reader.GetString(0);
        return new AgentTypeInfo
        {
            AgentType = agentType,
            DisplayName = reader.GetString(1),
            Description = reader.IsDBNull(2) ? null : reader.GetString(2),
            LearningRate = reader.GetDouble(3),
            DiscountFactor = reader.GetDouble(4),
            ExplorationRate = reader.GetDouble(5),
            MinExplorationRate = reader.GetDouble(6),
            ExplorationDecay = reader.GetDouble(7),
            IsActive = reader.GetBoolean(8),
            Settings = AgentTypeMetadata.Parse(agentType, reader.IsDBNull(9) ? null : reader.GetString(9)),
        };
    }
}
