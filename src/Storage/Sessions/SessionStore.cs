using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Sessions;

/// <summary>Reads and changes rows of <c>sessions</c>. Counters move with the trajectories, not here.</summary>
/// <param name="dataSource">The database.</param>
public sealed class SessionStore(NpgsqlDataSource dataSource)
{
    // An adopted table may hold other texts. They count as cancelled: a session runs only where it says so.
    private const string Status = """
        case when lower(status) in ('active', 'completed', 'failed', 'cancelled') then lower(status) else 'cancelled' end
        """;

    private const string Columns = $$"""
        session_id, agent_type, session_name, environment, {{Status}}, task_count, coalesce(total_reward, 0)::float8, start_time, end_time,
        coalesce(metadata, '{}')::text
        """;

    private const string Select = $"select {Columns} from sessions where session_id = $1";

    // Newest first along idx_sessions_start_time, from where the page before ended. Type and status are not in that index: a page that
    // finds few reads on, at most through all sessions; the running ones of all types have an index of their own, which knows only their
    // status as the cluster writes it.
    // The last row of the page before says by itself where it stands: a time that SQL wrote may be one that .NET cannot say.
    private const string Page = $"""
        select {Columns} from sessions
        where ($1::text is null or agent_type = $1)
          and (cardinality($2::text[]) = 0 or status = any($2) or ($2 <> array['active'] and {Status} = any($2)))
          and ($3::timestamptz is null or (start_time, session_id)
            < (coalesce((select l.start_time from sessions l where l.session_id = $4), $3), $4))
        order by start_time desc, session_id desc limit $5
        """;

    private const string Insert = $"""
        insert into sessions (session_id, agent_type, session_name, environment, metadata) values ($1, $2, $3, $4, $5)
        on conflict (session_id) do nothing
        returning {Columns}
        """;

    private const string Finish = $"""
        update sessions set status = $2, end_time = greatest(now(), start_time) where session_id = $1 and lower(status) = 'active'
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
        command.Parameters.AddValue(id, NpgsqlDbType.Uuid);
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync($"look up the session '{id}'");
    }

    /// <summary>A page of the sessions, the newest first.</summary>
    /// <param name="query">Which ones; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<SessionPage> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var command = dataSource.CreateCommand(Page);
        command.Parameters
            .AddText(query.AgentType)
            .AddArray(query.Statuses.Select(TextOf), NpgsqlDbType.Text)
            .AddValue(query.After?.StartedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz)
            .AddValue(query.After?.Id, NpgsqlDbType.Uuid)
            .AddValue(query.Limit + 1L, NpgsqlDbType.Bigint);
        var sessions = await command.ReadAllAsync(Read, cancellationToken).OrUnavailableAsync("list the sessions");
        return PageOf.Rows(
            sessions,
            query.Limit,
            static session => new SessionCursor(session.Id, session.StartedAt),
            static (page, next) => new SessionPage(page, next));
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
        command.Parameters
            .AddValue(id, NpgsqlDbType.Uuid)
            .AddText(start.AgentType)
            .AddText(start.Name)
            .AddText(start.Environment)
            .AddJson(start.MetadataJson ?? "{}");
        return await command.ReadFirstAsync(Read, cancellationToken)
            .OrUnavailableAsync($"start the session '{id}'", missing: () => UnknownAgentTypeException.For(start.AgentType), isWrite: true);
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
        command.Parameters.AddValue(id, NpgsqlDbType.Uuid).AddText(TextOf(status));
        return await command.ReadFirstAsync(Read, cancellationToken).OrUnavailableAsync($"end the session '{id}'", isWrite: true);
    }

    private static string TextOf(SessionStatus status) => status switch
    {
        SessionStatus.Active => "active",
        SessionStatus.Completed => "completed",
        SessionStatus.Failed => "failed",
        SessionStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown."),
    };

    private static SessionInfo Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        AgentType = reader.GetString(1),
        Name = reader.GetTextOrNull(2),
        Environment = reader.GetTextOrNull(3),
        Status = Enum.Parse<SessionStatus>(reader.GetString(4), ignoreCase: true),
        TaskCount = reader.GetInt32(5),
        TotalReward = reader.GetDouble(6),
        StartedAt = reader.GetTime(7),
        EndedAt = reader.GetTimeOrNull(8),
        MetadataJson = reader.GetString(9),
    };
}
