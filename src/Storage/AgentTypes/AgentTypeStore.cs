using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;

namespace QLearning.Storage.AgentTypes;

/// <summary>Reads and changes the table <c>agent_types</c>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class AgentTypeStore(NpgsqlDataSource dataSource) : IAgentTypeReader
{
    private const string Columns = """
        agent_type, display_name, description, learning_rate::float8, discount_factor::float8, exploration_rate::float8,
               min_exploration_rate::float8, exploration_decay::float8, is_active, metadata::text,
        state_space_dimensions, action_space_dimensions
        """;

    private const string List = $"select {Columns} from agent_types order by agent_type";

    private const string Get = $"select {Columns} from agent_types where agent_type = $1";

    private const string Insert = $"""
        insert into agent_types (agent_type, display_name, description, state_space_dimensions, action_space_dimensions, learning_rate,
                                 discount_factor, exploration_rate, min_exploration_rate, exploration_decay, is_active, metadata)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (agent_type) do nothing
        returning {Columns}
        """;

    private const string Update = $"""
        update agent_types set display_name = $2, description = $3, state_space_dimensions = $4, action_space_dimensions = $5,
            learning_rate = $6, discount_factor = $7, exploration_rate = $8, min_exploration_rate = $9, exploration_decay = $10,
            is_active = $11,
            metadata = (case when jsonb_typeof(metadata) = 'object' then metadata - 'hotLimit' else jsonb_build_object() end) || $12
        where agent_type = $1
        returning {Columns}
        """;

    private const string Activate = $"update agent_types set is_active = $2 where agent_type = $1 returning {Columns}";

    /// <summary>All agent types by name.</summary>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo[]> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(List);
        return await ReadAsync(command, "list the agent types", cancellationToken);
    }

    /// <inheritdoc />
    public async Task<AgentTypeInfo> GetAsync(string agentType, CancellationToken cancellationToken)
    {
        var info = await FindAsync(agentType, cancellationToken);
        return info.SettingsError is { } error
            ? throw new InvalidInputException($"The agent type '{agentType}' has a setting that is not allowed: {error}")
            : info;
    }

    /// <summary>An agent type as its row has it, whether or not its settings can be used.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> FindAsync(string agentType, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Get);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
        var found = await ReadAsync(command, $"look up the agent type '{agentType}'", cancellationToken);
        return found is [var info] ? info : throw UnknownAgentTypeException.For(agentType);
    }

    /// <summary>Adds an agent type.</summary>
    /// <param name="type">The agent type; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>Null when there is one of this name.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo?> AddAsync(AgentTypeInfo type, CancellationToken cancellationToken)
    {
        await using var command = Command(Insert, type);
        return await ReadAsync(command, $"add the agent type '{type.AgentType}'", cancellationToken) is [var added] ? added : null;
    }

    /// <summary>Changes an agent type; other names in its metadata stay.</summary>
    /// <param name="type">The agent type; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> ChangeAsync(AgentTypeInfo type, CancellationToken cancellationToken)
    {
        await using var command = Command(Update, type);
        return await ReadAsync(command, $"change the agent type '{type.AgentType}'", cancellationToken) is [var changed]
            ? changed
            : throw UnknownAgentTypeException.For(type.AgentType);
    }

    /// <summary>Makes an agent type learn or not.</summary>
    /// <param name="agentType">Its name.</param>
    /// <param name="isActive">Whether it learns.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> SetActiveAsync(string agentType, bool isActive, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Activate);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isActive });
        return await ReadAsync(command, $"change the agent type '{agentType}'", cancellationToken) is [var changed]
            ? changed
            : throw UnknownAgentTypeException.For(agentType);
    }

    private NpgsqlCommand Command(string sql, AgentTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type.AgentType });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type.DisplayName });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)type.Description ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = type.StateSpaceDimensions });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = type.ActionSpaceDimensions });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)type.LearningRate });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)type.DiscountFactor });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)type.ExplorationRate });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)type.MinExplorationRate });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)type.ExplorationDecay });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = type.IsActive });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = AgentTypeMetadata.ToJson(type.Settings), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return command;
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
        var metadata = AgentTypeMetadata.Read(reader.IsDBNull(9) ? null : reader.GetString(9));
        var info = new AgentTypeInfo
        {
            AgentType = reader.GetString(0),
            DisplayName = reader.GetString(1),
            Description = reader.IsDBNull(2) ? null : reader.GetString(2),
            LearningRate = reader.GetDouble(3),
            DiscountFactor = reader.GetDouble(4),
            ExplorationRate = reader.GetDouble(5),
            MinExplorationRate = reader.GetDouble(6),
            ExplorationDecay = reader.GetDouble(7),
            IsActive = reader.GetBoolean(8),
            Settings = metadata.Settings,
            StateSpaceDimensions = reader.GetInt32(10),
            ActionSpaceDimensions = reader.GetInt32(11),
            SettingsWarning = metadata.Warning,
        };
        return info with { SettingsError = metadata.Error ?? AgentTypeRates.Problem(info) };
    }
}
