using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Agents;

/// <summary>Reads and changes single rows of <c>agent_states</c>. Counters move with the trajectories, not here.</summary>
/// <param name="dataSource">The database.</param>
public sealed partial class AgentStore(NpgsqlDataSource dataSource) : IAgentStore
{
    private const string Columns = $"""
        agent_type, agent_instance_id, {AgentStatusText.Column}, current_exploration_rate::text, current_learning_rate::text, total_tasks,
        successful_tasks, failed_tasks, total_reward::float8, avg_reward::float8, q_values_stored, initialized_at, last_activity,
        metadata::text
        """;

    private const string Select = $"select {Columns} from agent_states where agent_type = $1 and agent_instance_id = $2";

    // In the order of uq_agent_instance, from where the page before ended. Prefix and status are looked up in no index: a page that finds
    // few reads on, at most through all agents of the type.
    private const string SelectMany = $"""
        select {Columns} from agent_states
        where agent_type = $1 and ($2::text is null or agent_instance_id > $2) and ($3::text is null or starts_with(agent_instance_id, $3))
          and ($4::text is null or {AgentStatusText.Column} = $4)
        order by agent_instance_id limit $5
        """;

    private const string Insert = $"""
        insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, metadata)
        values ($1, $2, $3, $4, $5)
        on conflict (agent_type, agent_instance_id) do nothing
        returning {Columns}
        """;

    private const string Update = $"""
        update agent_states set last_activity = now(),
            status = case when $5 and {AgentStatusText.IsStopped} then status else $3 end,
            metadata = (case when jsonb_typeof(metadata) = 'object' then metadata - $6 else jsonb_build_object() end) || $4
        where agent_type = $1 and agent_instance_id = $2
        returning {Columns}
        """;

    // An agent without a rate of its own shows its type's.
    private const string UpdateRates = $"""
        update agent_states set current_exploration_rate = coalesce($3, current_exploration_rate),
            current_learning_rate = coalesce(
                $4, case when not $7 and nullif(metadata -> 'learningRate', 'null') is not null then current_learning_rate else $6 end),
            metadata = (case when jsonb_typeof(metadata) is distinct from 'object' then jsonb_build_object()
                             when $7 then metadata - 'minExplorationRate' - 'explorationDecay' - 'learningRate'
                             else metadata end) || $5
        where agent_type = $1 and agent_instance_id = $2
        returning {Columns}
        """;

    private const string Show = $"""
        update agent_states set status = $3, last_activity = now()
        where agent_type = $1 and agent_instance_id = $2 and not {AgentStatusText.IsStopped}
        """;

    /// <inheritdoc />
    public async Task<AgentRow?> FindAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        await using var command = Command(Select, agent);
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync($"look up the agent '{agent}'");
    }

    /// <summary>A page of the agents of a type by name.</summary>
    /// <param name="query">Which ones; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentPage> ListAsync(AgentQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var command = dataSource.CreateCommand(SelectMany);
        command.Parameters
            .AddText(query.AgentType)
            .AddText(query.After)
            .AddText(query.Prefix)
            .AddText(query.Status is { } status ? AgentStatusText.Of(status) : null)
            .AddValue(query.Limit + 1L, NpgsqlDbType.Bigint);
        var agents = await command.ReadAllAsync(reader => Read(reader).Info, cancellationToken)
            .OrUnavailableAsync($"list the agents of '{query.AgentType}'");
        return PageOf.Rows(agents, query.Limit, static agent => agent.Instance, static (page, next) => new AgentPage(page, next));
    }

    /// <inheritdoc />
    public async Task<AgentRow?> InsertAsync(
        AgentKey agent, double explorationRate, double learningRate, AgentRegistration own, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(own);
        return await ReadOwnAsync(RatesCommand(Insert, agent, explorationRate, learningRate, own), cancellationToken)
            .OrUnavailableAsync(
                $"register the agent '{agent}'", missing: () => UnknownAgentTypeException.For(agent.AgentType), isWrite: true);
    }

    /// <inheritdoc />
    public async Task<AgentRow> UpdateAsync(AgentKey agent, AgentChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var command = Command(Update, agent);
        command.Parameters
            .AddText(AgentStatusText.Of(change.Status))
            .AddJson(change.Metadata.ToJson())
            .AddValue(change.KeepsStop, NpgsqlDbType.Boolean)
            .AddArray(change.Names, NpgsqlDbType.Text);
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync($"change the agent '{agent}'", isWrite: true)
            ?? throw UnknownAgentException.For(agent.ToString());
    }

    /// <inheritdoc />
    public async Task<AgentRow> ChangeRatesAsync(AgentKey agent, RateChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var command = RatesCommand(UpdateRates, agent, change.ExplorationRate, change.LearningRate, change.Own);
        command.Parameters.AddNumeric(change.TypeLearningRate).AddValue(change.ForgetsOwn, NpgsqlDbType.Boolean);
        return await ReadOwnAsync(command, cancellationToken).OrUnavailableAsync($"change the agent '{agent}'", isWrite: true)
            ?? throw UnknownAgentException.For(agent.ToString());
    }

    /// <inheritdoc />
    public async Task ShowAsync(AgentKey agent, AgentStatus status, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(Show);
        command.Parameters.AddText(agent.AgentType).AddText(agent.Instance).AddText(AgentStatusText.Of(status));
        await dataSource.ReadOwnAsync(command, static _ => 0, cancellationToken).OrUnavailableAsync($"show the status of '{agent}'");
    }

    // The learning rate that is shown is not thereby the agent's own: the trigger that makes it so takes it for a SQL program's otherwise.
    private async Task<AgentRow?> ReadOwnAsync(NpgsqlBatchCommand command, CancellationToken cancellationToken) =>
        (await dataSource.ReadOwnAsync(command, Read, cancellationToken)).FirstOrDefault();

    private static NpgsqlBatchCommand RatesCommand(
        string sql, AgentKey agent, double? explorationRate, double? learningRate, AgentRegistration own)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .AddText(agent.AgentType)
            .AddText(agent.Instance)
            .AddNumeric(explorationRate)
            .AddNumeric(learningRate)
            .AddJson(Metadata(own).ToJson());
        return command;
    }

    private static AgentMetadata Metadata(AgentRegistration own) => new()
    {
        MinExplorationRate = own.MinExplorationRate,
        ExplorationDecay = own.ExplorationDecay,
        LearningRate = own.LearningRate,
    };

    private static AgentRow Read(NpgsqlDataReader reader)
    {
        var agent = new AgentKey(reader.GetString(0), reader.GetString(1));
        var metadata = AgentMetadata.Read(reader.GetTextOrNull(13), out var problem, out var hint);
        var info = new AgentInfo
        {
            AgentType = agent.AgentType,
            Instance = agent.Instance,
            Status = AgentStatusText.Parse(reader.GetString(2)),
            ExplorationRate = Rate(reader, 3, "current_exploration_rate", 0, ref problem),
            LearningRate = Rate(reader, 4, "current_learning_rate", QLimits.MinLearningRate, ref problem),
            TotalTasks = reader.GetInt32(5),
            SuccessfulTasks = reader.GetInt32(6),
            FailedTasks = reader.GetInt32(7),
            TotalReward = reader.GetDouble(8),
            AverageReward = reader.GetDouble(9),
            QValuesStored = reader.GetInt32(10),
            InitializedAt = reader.GetTime(11),
            LastActivity = reader.GetTime(12),
            SessionId = metadata.SessionId,
            Error = metadata.Error,
        };
        return new AgentRow(info with { SettingsError = problem ?? hint }, new AgentRegistration
        {
            MinExplorationRate = metadata.MinExplorationRate,
            ExplorationDecay = metadata.ExplorationDecay,
            LearningRate = metadata.LearningRate,
        });
    }

    // The column takes more than a rate can be: an agent goes on with the nearest that can.
    private static double Rate(NpgsqlDataReader reader, int column, string name, double least, ref string? problem)
    {
        var stored = reader.GetNumber(column);
        var rate = stored > 1 ? 1 : stored >= least ? stored : least;
        if (!rate.Equals(stored))
        {
            problem ??= string.Create(CultureInfo.InvariantCulture, $"{name} is {stored}, taken as {rate}. Allowed: {least} to 1.");
        }

        return rate;
    }

    private NpgsqlCommand Command(string sql, AgentKey agent)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.AddText(agent.AgentType).AddText(agent.Instance);
        return command;
    }
}
