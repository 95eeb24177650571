using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Storage.Sql;

namespace QLearning.Storage.AgentTypes;

/// <summary>Reads and changes the table <c>agent_types</c>.</summary>
/// <param name="dataSource">The database.</param>
public sealed class AgentTypeStore(NpgsqlDataSource dataSource) : IAgentTypeReader
{
    private const string Columns = """
        agent_type, display_name, description, learning_rate::text, discount_factor::text, exploration_rate::text,
               min_exploration_rate::text, exploration_decay::text, is_active, metadata::text,
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
        return [.. await command.ReadAllAsync(Read, cancellationToken).OrUnavailableAsync("list the agent types")];
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
        command.Parameters.AddText(agentType);
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync($"look up the agent type '{agentType}'")
            ?? throw UnknownAgentTypeException.For(agentType);
    }

    /// <summary>Adds an agent type.</summary>
    /// <param name="type">The agent type; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>Null when there is one of this name.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo?> AddAsync(AgentTypeInfo type, CancellationToken cancellationToken)
    {
        await using var command = Command(Insert, type);
        return await command.ReadFirstAsync(Read, cancellationToken)
            .OrUnavailableAsync($"add the agent type '{type.AgentType}'", isWrite: true);
    }

    /// <summary>Changes an agent type; other names in its metadata stay.</summary>
    /// <param name="type">The agent type; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> ChangeAsync(AgentTypeInfo type, CancellationToken cancellationToken)
    {
        await using var command = Command(Update, type);
        return await command.ReadFirstAsync(Read, cancellationToken)
                .OrUnavailableAsync($"change the agent type '{type.AgentType}'", isWrite: true)
            ?? throw UnknownAgentTypeException.For(type.AgentType);
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
        command.Parameters.AddText(agentType).AddValue(isActive, NpgsqlDbType.Boolean);
        return await command.ReadFirstAsync(Read, cancellationToken)
                .OrUnavailableAsync($"change the agent type '{agentType}'", isWrite: true)
            ?? throw UnknownAgentTypeException.For(agentType);
    }

    private NpgsqlCommand Command(string sql, AgentTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var command = dataSource.CreateCommand(sql);
        command.Parameters
            .AddText(type.AgentType)
            .AddText(type.DisplayName)
            .AddText(type.Description)
            .AddInteger(type.StateSpaceDimensions)
            .AddInteger(type.ActionSpaceDimensions)
            .AddNumeric(type.LearningRate)
            .AddNumeric(type.DiscountFactor)
            .AddNumeric(type.ExplorationRate)
            .AddNumeric(type.MinExplorationRate)
            .AddNumeric(type.ExplorationDecay)
            .AddValue(type.IsActive, NpgsqlDbType.Boolean)
            .AddJson(AgentTypeMetadata.ToJson(type.Settings));
        return command;
    }

    private static AgentTypeInfo Read(NpgsqlDataReader reader)
    {
        var metadata = AgentTypeMetadata.Read(reader.GetTextOrNull(9));
        var info = new AgentTypeInfo
        {
            AgentType = reader.GetString(0),
            DisplayName = reader.GetString(1),
            Description = reader.GetTextOrNull(2),
            LearningRate = reader.GetNumber(3),
            DiscountFactor = reader.GetNumber(4),
            ExplorationRate = reader.GetNumber(5),
            MinExplorationRate = reader.GetNumber(6),
            ExplorationDecay = reader.GetNumber(7),
            IsActive = reader.GetBoolean(8),
            Settings = metadata.Settings,
            StateSpaceDimensions = reader.GetInt32(10),
            ActionSpaceDimensions = reader.GetInt32(11),
            SettingsWarning = metadata.Warning,
        };
        return info with { SettingsError = metadata.Error ?? AgentTypeCheck.StoredRatesProblem(info) };
    }
}
