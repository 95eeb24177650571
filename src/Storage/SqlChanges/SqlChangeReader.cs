using System.Globalization;
using Npgsql;
using QLearning.Storage.Sql;

namespace QLearning.Storage.SqlChanges;

/// <summary>What one look at <c>sql_changes</c> found.</summary>
/// <param name="Snapshot">The snapshot it was taken in; the next look begins there.</param>
/// <param name="Oldest">The oldest transaction that was still running.</param>
/// <param name="Next">The first transaction that had not begun.</param>
/// <param name="ServerStart">When the server was started.</param>
/// <param name="IsMarked">Whether the reader is still known; a crash of PostgreSQL forgets it, and with it what was noted.</param>
/// <param name="Changes">What was committed since the snapshot of the look before.</param>
internal sealed record SqlChangePoll(
    string Snapshot, ulong Oldest, ulong Next, DateTimeOffset ServerStart, bool IsMarked, IReadOnlyList<SqlChange> Changes);

/// <summary>One row of <c>sql_changes</c>.</summary>
/// <param name="AgentType">Null: all.</param>
/// <param name="State">Null: all.</param>
/// <param name="Subject">What was changed.</param>
/// <param name="Instance">The agent that was changed; null: all.</param>
internal readonly record struct SqlChange(string? AgentType, string? State, SqlChangeSubject Subject, string? Instance);

/// <summary>What a row of <c>sql_changes</c> is about.</summary>
internal enum SqlChangeSubject
{
    /// <summary><c>q_values</c>.</summary>
    QValues,

    /// <summary><c>agent_types</c>.</summary>
    Settings,

    /// <summary><c>agent_states</c>.</summary>
    Agents,

    /// <summary><c>patterns</c>.</summary>
    Patterns,
}

/// <summary>
/// Reads and tidies <c>sql_changes</c>. What is new is told by snapshots, not by a counter: a transaction that took its number early and
/// commits late is found by the first look after its commit, and only by that.
/// </summary>
internal sealed class SqlChangeReader(NpgsqlDataSource dataSource)
{
    // What the snapshot before did not see: what began since, and what was still running. Not all from its oldest transaction on, which may
    // be one that was forgotten hours ago. A number that is not given yet is that of another server, from which the rows were restored.
    internal const string Poll = """
        select s.snapshot::text, pg_snapshot_xmin(s.snapshot)::text, pg_snapshot_xmax(s.snapshot)::text, pg_postmaster_start_time(),
               c.xid is not null, c.agent_type, c.state_hash, coalesce(c.is_settings, false),
               exists (select from sql_change_readers r where r.reader = $2 and r.seen_at > now() - interval '1 minute'),
               c.subject, c.agent_instance_id
        from (select pg_current_snapshot() as snapshot) s
        left join sql_changes c
            on (c.xid >= pg_snapshot_xmax($1::text::pg_snapshot) or c.xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
           and c.xid < pg_snapshot_xmax(s.snapshot)
        """;

    // A mark holds for a minute, see are_sql_changes_noted: after that nothing may have been noted.
    private const string Mark = """
        with before as (select seen_at from sql_change_readers where reader = $1)
        insert into sql_change_readers (reader, seen_at) values ($1, clock_timestamp())
        on conflict (reader) do update set seen_at = excluded.seen_at
        returning coalesce((select seen_at <= now() - interval '1 minute' from before), true)
        """;

    // What the snapshot saw, every later look has passed over. The transactions that ran when it was taken, be they as old as they may (and
    // in whatever database of the server), keep only their own rows from being deleted; one that only reads has no number and keeps none.
    private const string Purge = """
        delete from sql_changes
        where (xid < pg_snapshot_xmax($1::text::pg_snapshot) and pg_visible_in_snapshot(xid, $1::text::pg_snapshot))
           or xid >= pg_snapshot_xmax(pg_current_snapshot())
        """;

    private const string Leave = "delete from sql_change_readers where reader = $1 or seen_at < clock_timestamp() - interval '1 hour'";

    public async Task<SqlChangePoll> PollAsync(string readerName, string? lastSnapshot, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Poll);
        command.Parameters.AddText(lastSnapshot).AddText(readerName);
        var changes = new List<SqlChange>();
        SqlChangePoll? poll = null;
        await command.ForEachAsync(reader =>
        {
            poll ??= new SqlChangePoll(
                reader.GetString(0),
                Number(reader.GetString(1)),
                Number(reader.GetString(2)),
                reader.GetTime(3),
                reader.GetBoolean(8),
                changes);
            if (reader.GetBoolean(4))
            {
                changes.Add(new SqlChange(reader.GetTextOrNull(5), reader.GetTextOrNull(6), Subject(reader), reader.GetTextOrNull(10)));
            }
        }, cancellationToken);
        return poll!;
    }

    /// <summary>Says that there is a reader, without which nothing is noted.</summary>
    /// <returns>True when the reader was not known, or not marked for a minute: what was written meanwhile may not be noted.</returns>
    public async Task<bool> MarkAsync(string reader, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Mark);
        command.Parameters.AddText(reader);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Deletes what was committed before a snapshot that every reader has long passed.</summary>
    public Task PurgeAsync(string snapshot, CancellationToken cancellationToken) => ExecuteAsync(Purge, snapshot, cancellationToken);

    public Task LeaveAsync(string reader, CancellationToken cancellationToken) => ExecuteAsync(Leave, reader, cancellationToken);

    private static SqlChangeSubject Subject(NpgsqlDataReader reader) => reader.GetTextOrNull(9) switch
    {
        "agents" => SqlChangeSubject.Agents,
        "patterns" => SqlChangeSubject.Patterns,
        _ => reader.GetBoolean(7) ? SqlChangeSubject.Settings : SqlChangeSubject.QValues,
    };

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    private async Task ExecuteAsync(string sql, string value, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddText(value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
