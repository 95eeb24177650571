using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;

namespace QLearning.Storage.Sessions;

/// <summary>Reads and changes rows of <c>sessions</c>. Counters move with the trajectories, not here.</summary>
/// <param name="dataSource">The database.</param>
public sealed class SessionStore(NpgsqlDataSource dataSource)
{
    private const string Columns = """
        session_id, agent_type, session_name, environment, status, task_count, coalesce(total_reward, 0)::float8, start_time, end_time,
        coalesce(metadata, '{}')::text
        """;

    private const string Select = $"select {Columns} from sessions where session_id = $1";

    private const string Active = $"""
        select {Columns} from sessions where status = 'active' and ($1::varchar is null or agent_type = $1)
        order by start_time desc, session_id limit $2
        """;

    private const string Insert = $"""
        insert into sessions (session_id, agent_type, session_name, environment, metadata) values ($1, $2, $3, $4, $5)
        on conflict (session_id) do nothing
        returning {Columns}
        """;

    private const string Finish = $"""
        update sessions set status = $2, end_time = greatest(now(), start_time) where session_id = $1 and status = 'active'
        returning {Columns}
        """;

    /// <summary>One session.</summary>
    /// <param name="id">The session.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<SessionInfo?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return await ReadOneAsync(command, $"look up the session '{id}'", cancellationToken);
    }

    /// <summary>The running sessions, the newest first.</summary>
    /// <param name="agentType">Of this agent type only; null: of all.</param>
    /// <param name="limit">The most to answer.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<SessionInfo[]> ListActiveAsync(string? agentType, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Active);
        AddText(command, agentType);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = limit });
        return [.. await ReadAsync(command, "list the running sessions", cancellationToken)];
    }

    /// <summary>Makes the row of a new session.</summary>
    /// <param name="id">The session.</param>
    /// <param name="start">How it starts.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when the id is taken.</returns>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<SessionInfo?> InsertAsync(Guid id, SessionStart start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        await using var command = dataSource.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        AddText(command, start.AgentType);
        AddText(command, start.Name);
        AddText(command, start.Environment);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = start.MetadataJson ?? "{}", NpgsqlDbType = NpgsqlDbType.Jsonb });
        try
        {
            return await ReadOneAsync(command, $"start the session '{id}'", cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw UnknownAgentTypeException.For(start.AgentType);
        }
    }

    /// <summary>Ends a running session.</summary>
    /// <param name="id">The session.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when there is no such session or it does not run.</returns>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<SessionInfo?> FinishAsync(Guid id, SessionStatus status, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Finish);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        AddText(command, TextOf(status));
        return await ReadOneAsync(command, $"end the session '{id}'", cancellationToken);
    }

    private static string TextOf(SessionStatus status) => status switch
    {
        SessionStatus.Active => "active",
        SessionStatus.Completed => "completed",
        SessionStatus.Failed => "failed",
        SessionStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown."),
    };

    private static void AddText(NpgsqlCommand command, string? text) =>
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar });

    private static async Task<SessionInfo?> ReadOneAsync(NpgsqlCommand command, string work, CancellationToken cancellationToken) =>
        await ReadAsync(command, work, cancellationToken) is [var session] ? session : null;

    private static async Task<List<SessionInfo>> ReadAsync(NpgsqlCommand command, string work, CancellationToken cancellationToken)
    {
        try
        {
            var sessions = new List<SessionInfo>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                sessions.Add(Read(reader));
            }

            return sessions;
        }
        catch (NpgsqlException error) when (error is not PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            throw PostgresErrors.ToCaller(work, error);
        }
    }

    private static SessionInfo Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        AgentType = reader.GetString(1),
        Name = reader.IsDBNull(2) ? null : reader.GetString(2),
        Environment = reader.IsDBNull(3) ? null : reader.GetString(3),
        Status = Enum.Parse<SessionStatus>(reader.GetString(4), ignoreCase: true),
        TaskCount = reader.GetInt32(5),
        TotalReward = reader.GetDouble(6),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(7),
        EndedAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
        MetadataJson = reader.GetString(9),
    };
}
