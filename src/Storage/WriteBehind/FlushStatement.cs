using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.WriteBehind;

/// <summary>
/// The statement that writes a flush of many grains. It is one statement, not several, so that fencing needs no second look: only rows of
/// grains whose owner row it could lock and advance are written, and that lock is held to the commit. An attempt that reaches PostgreSQL
/// late, after a newer flush or a newer owner, advances nothing and so writes nothing; neither does one of an owner whose last flush is
/// gone, since the database was set back to a backup. Rows that do not fit into it follow in further statements of its transaction, under
/// the same locks. In its transaction it sets qlearning.flush, so that the triggers which note what other programs write pass over it,
/// and lock_timeout, so that it does not wait for long for a row that another transaction holds, be it that of an owner whose agent type is
/// being deleted, while all other owners wait for it: it is set where the batches are read, which comes before any lock. That time is
/// longer than deadlock_timeout, so that a deadlock is told as one.
/// </summary>
internal static class FlushStatement
{
    private const string Owners = $"""
        with batch as (
            select b.*, {TimeLimits.LimitLockWait} as lock_timeout
            from unnest($1::varchar[], $2::int[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[])
                with ordinality as b (agent_type, partition, epoch, owner_id, watermark, after, owner)
        )
        """;

    private const string Fence = """
        , locked as (
            select b.owner, b.watermark, o.agent_type, o.partition
            from q_table_owners o join batch b on b.agent_type = o.agent_type and b.partition = o.partition
            where o.epoch = b.epoch and o.owner_id = b.owner_id and o.watermark < b.watermark and o.watermark >= b.after
            order by o.agent_type, o.partition
            for update of o
        ), mine as (
            update q_table_owners o set watermark = l.watermark
            from locked l where o.agent_type = l.agent_type and o.partition = l.partition
            returning l.owner, o.agent_type, o.partition, set_config('qlearning.flush', 'on', true) as flush
        )
        """;

    /// <summary>The statement before this one has the locks; the caller leaves out the rows of owners that it could not lock.</summary>
    private const string Locked = ", mine as (select b.owner, b.agent_type, b.partition from batch b)";

    /// <summary>
    /// Full joins on purpose, where inner ones would do: PostgreSQL plans a prepared statement for ten rows of each array and would choose
    /// nested loops, whose time is the square of the rows (10,000 new rows 5.5 s, 20,000 rows of 1,000 owners 25 s). A full join is always
    /// hashed or merged. coalesce keeps the planner from seeing that no row is without its other side. "is true" keeps the keys from being
    /// a condition that an index can serve: a statement that was planned while q_values was empty would look each row up among all of its
    /// type. The keys are compared because SQL may have moved the row: it is another Q-value then.
    /// </summary>
    private const string Rows = """
        , known as materialized (
            select m.agent_type, d.*
            from unnest($7::bigint[], $8::varchar[], $9::varchar[], $10::float8[], $11::int[], $12::float8[], $13::float8[],
                        $14::timestamptz[], $15::bigint[])
                    as d (q_value_id, state_hash, action_hash, q_value, visit_count, confidence, uncertainty, expires_at, owner)
                full join mine m on m.owner = d.owner
            where coalesce(m.owner, 0) > 0 and coalesce(d.owner, 0) > 0
        ), updated as (
            update q_values q
            set q_value = d.q_value::numeric(12,6), visit_count = d.visit_count, last_updated = now(),
                confidence_score = d.confidence::numeric(5,4), uncertainty = d.uncertainty::numeric(5,4),
                expires_at = coalesce(d.expires_at, q.expires_at)
            from known d
            where q.q_value_id = d.q_value_id
                and (q.agent_type = d.agent_type and q.state_hash = d.state_hash and q.action_hash = d.action_hash) is true
            returning 1
        ), added as materialized (
            select m.agent_type, d.*
            from unnest($16::varchar[], $17::text[], $18::varchar[], $19::text[], $20::float8[], $21::int[], $22::float8[], $23::float8[],
                        $24::timestamptz[], $25::bigint[])
                    with ordinality as d (state_hash, state_data, action_hash, action_data, q_value, visit_count, confidence, uncertainty,
                                          expires_at, owner, position)
                full join mine m on m.owner = d.owner
            where coalesce(m.owner, 0) > 0 and coalesce(d.owner, 0) > 0
        ), inserted as (
            insert into q_values as q (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count,
                                       confidence_score, uncertainty, expires_at)
            select a.agent_type, a.state_hash,
                   coalesce(a.state_data::jsonb,
                            (select s.state_data from q_values s where s.agent_type = a.agent_type and s.state_hash = a.state_hash limit 1),
                            to_jsonb(a.state_hash)),
                   a.action_hash, a.action_data::jsonb, a.q_value::numeric(12,6), a.visit_count,
                   a.confidence::numeric(5,4), a.uncertainty::numeric(5,4), a.expires_at
            from added a order by a.agent_type, a.state_hash, a.action_hash
            on conflict (agent_type, state_hash, action_hash) do update
            set q_value = excluded.q_value, visit_count = excluded.visit_count, last_updated = now(),
                confidence_score = excluded.confidence_score, uncertainty = excluded.uncertainty, expires_at = excluded.expires_at
            returning q.q_value_id, q.agent_type, q.state_hash, q.action_hash
        )
        """;

    /// <summary>
    /// What is stored of a client stays known, also when its owner knows less: the windows are joined. Nearly always the new one has all
    /// that the stored one has; "above" is ascending.
    /// </summary>
    private const string Clients = """
        , clients as (
            insert into q_table_clients as c (agent_type, partition, client_id, floor, above)
            select m.agent_type, m.partition, d.client_id, d.floor, d.above::bigint[]
            from unnest($26::uuid[], $27::bigint[], $28::text[], $29::bigint[]) as d (client_id, floor, above, owner)
                full join mine m on m.owner = d.owner
            where coalesce(m.owner, 0) > 0 and coalesce(d.owner, 0) > 0
            order by m.agent_type, m.partition, d.client_id
            on conflict (agent_type, partition, client_id) do update
            set floor = greatest(c.floor, excluded.floor), used_at = now(),
                above = case when c.floor <= excluded.floor and (c.above = '{}' or c.above[cardinality(c.above)] <= excluded.floor)
                    then excluded.above
                    else array(select distinct n from unnest(c.above || excluded.above) n
                               where n > greatest(c.floor, excluded.floor) order by n) end
        )
        """;

    /// <summary>
    /// Late rewards, whose rows make them count once. A session or trajectory that is gone by now is left out of the row, so that the row
    /// stays: the locks keep both from going before the foreign keys look for them.
    /// </summary>
    private const string Rewards = """
        , rewarded as (
            insert into rewards (agent_type, session_id, trajectory_id, state_hash, action_hash, reward_value, reward_type, reward_source,
                                 observed_at, metadata)
            select m.agent_type,
                   (select s.session_id from sessions s where s.session_id = d.session_id for key share),
                   (select t.trajectory_id from trajectories t where t.trajectory_id = d.trajectory_id for key share),
                   d.state_hash, d.action_hash, d.reward_value::numeric(12,4), 'delayed',
                   d.reward_source, d.observed_at, jsonb_build_object('learned', true, 'id', d.id)
            from unnest($30::uuid[], $31::uuid[], $32::uuid[], $33::varchar[], $34::varchar[], $35::float8[], $36::varchar[],
                        $37::timestamptz[], $38::bigint[])
                    as d (id, session_id, trajectory_id, state_hash, action_hash, reward_value, reward_source, observed_at, owner)
                full join mine m on m.owner = d.owner
            where coalesce(m.owner, 0) > 0 and coalesce(d.owner, 0) > 0
            on conflict do nothing
        )
        """;

    /// <summary>Told by the first statement only: the others write for whoever they are given.</summary>
    private const string Owned = """

        select 0, m.owner, 0 from mine m
        union all
        """;

    private const string Results = """

        select 1, 0, case when (select count(*) from updated) = (select count(*) from known)
                           and (select count(*) from inserted) = (select count(*) from added) then 0 else q_values_vanished() end
        union all select 2, coalesce(a.position, 0), coalesce(i.q_value_id, 0)
                  from inserted i full join added a using (agent_type, state_hash, action_hash)
        """;

    /// <summary>
    /// Raised by <c>q_values_vanished</c>: a row to update was not there any more, or is that of another place; or a trigger left out a
    /// row.
    /// </summary>
    public const string VanishedState = "QL001";

    internal const string First = Owners + Fence + Rows + Clients + Owned + Results;
    internal const string FirstWithRewards = Owners + Fence + Rows + Clients + Rewards + Owned + Results;
    internal const string Next = Owners + Locked + Rows + Clients + Results;
    internal const string NextWithRewards = Owners + Locked + Rows + Clients + Rewards + Results;

    private const string Stored = """
        select b.owner from unnest($1::varchar[], $2::int[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[])
            with ordinality as b (agent_type, partition, epoch, owner_id, watermark, after, owner)
        join q_table_owners o on o.agent_type = b.agent_type and o.partition = b.partition
        where o.epoch = b.epoch and o.owner_id = b.owner_id and o.watermark >= b.watermark
        """;

    private const string InPlace = """
        select d.position
        from unnest($1::bigint[], $2::varchar[], $3::varchar[], $4::varchar[])
            with ordinality as d (q_value_id, agent_type, state_hash, action_hash, position)
        join q_values q using (q_value_id)
        where (q.agent_type = d.agent_type and q.state_hash = d.state_hash and q.action_hash = d.action_hash) is true
        """;

    private const string Ids = """
        select d.position, q.q_value_id
        from unnest($1::varchar[], $2::varchar[], $3::varchar[]) with ordinality as d (agent_type, state_hash, action_hash, position)
        join q_values q on q.agent_type = d.agent_type and q.state_hash = d.state_hash and q.action_hash = d.action_hash
        """;

    /// <summary>Locks the owners' rows and writes what the columns have.</summary>
    public static NpgsqlCommand Write(NpgsqlConnection connection, FlushColumns columns) =>
        Fill(new NpgsqlCommand(columns.Rewards.Ids.Count == 0 ? First : FirstWithRewards, connection), columns);

    /// <summary>Writes more in the transaction of <see cref="Write"/>.</summary>
    public static NpgsqlCommand Continue(NpgsqlConnection connection, FlushColumns columns) =>
        Fill(new NpgsqlCommand(columns.Rewards.Ids.Count == 0 ? Next : NextWithRewards, connection), columns);

    /// <summary>Has deferred constraints checked now and not at the commit.</summary>
    public static NpgsqlCommand CheckConstraints(NpgsqlConnection connection) => new("set constraints all immediate", connection);

    /// <summary>Which grains' flushes are already stored: asked before a retry when the answer to a commit was lost.</summary>
    public static NpgsqlCommand ReadStored(NpgsqlConnection connection, FlushColumns columns)
    {
        var command = new NpgsqlCommand(Stored, connection);
        AddOwners(command, columns);
        return command;
    }

    /// <summary>Which of some rows to update are there, and still those of their agent type, state and action: their positions.</summary>
    public static NpgsqlCommand ReadInPlace(NpgsqlConnection connection, string agentType, IReadOnlyCollection<QChange> writes)
    {
        var command = new NpgsqlCommand(InPlace, connection);
        command.Parameters.AddArray(writes.Select(write => write.RowId), NpgsqlDbType.Bigint);
        AddKeys(command, agentType, writes);
        return command;
    }

    /// <summary>The row ids of Q-values that a lost answer may have inserted.</summary>
    public static NpgsqlCommand ReadIds(NpgsqlConnection connection, string agentType, IReadOnlyCollection<QChange> writes)
    {
        var command = new NpgsqlCommand(Ids, connection);
        AddKeys(command, agentType, writes);
        return command;
    }

    private static NpgsqlCommand Fill(NpgsqlCommand command, FlushColumns columns)
    {
        AddOwners(command, columns);
        AddRows(command, columns);
        command.Parameters
            .AddArray(columns.ClientIds, NpgsqlDbType.Uuid)
            .AddArray(columns.ClientFloors, NpgsqlDbType.Bigint)
            .AddArray(columns.ClientsAbove, NpgsqlDbType.Text)
            .AddArray(columns.ClientOwners, NpgsqlDbType.Bigint);
        if (columns.Rewards.Ids.Count > 0)
        {
            AddRewards(command, columns.Rewards);
        }

        return command;
    }

    private static void AddKeys(NpgsqlCommand command, string agentType, IReadOnlyCollection<QChange> writes) => command.Parameters
        .AddArray(writes.Select(_ => agentType), NpgsqlDbType.Varchar)
        .AddArray(writes.Select(write => write.State.ToString()), NpgsqlDbType.Varchar)
        .AddArray(writes.Select(write => write.Action.ToString()), NpgsqlDbType.Varchar);

    private static void AddOwners(NpgsqlCommand command, FlushColumns columns)
    {
        command.Parameters
            .AddArray(columns.Batches.Select(batch => batch.Owner.AgentType), NpgsqlDbType.Varchar)
            .AddArray(columns.Batches.Select(batch => batch.Owner.Partition), NpgsqlDbType.Integer)
            .AddArray(columns.Batches.Select(batch => batch.Epoch), NpgsqlDbType.Bigint)
            .AddArray(columns.Batches.Select(batch => batch.OwnerId), NpgsqlDbType.Uuid)
            .AddArray(columns.Batches.Select(batch => batch.Watermark), NpgsqlDbType.Bigint)
            .AddArray(columns.Batches.Select(batch => batch.After), NpgsqlDbType.Bigint);
    }

    private static void AddRows(NpgsqlCommand command, FlushColumns columns)
    {
        command.Parameters
            .AddArray(columns.RowIds, NpgsqlDbType.Bigint)
            .AddArray(columns.RowStates, NpgsqlDbType.Varchar)
            .AddArray(columns.RowActions, NpgsqlDbType.Varchar);
        AddValues(command, columns.Updates);
        command.Parameters
            .AddArray(columns.StateHashes, NpgsqlDbType.Varchar)
            .AddArray(columns.StateJsons, NpgsqlDbType.Text)
            .AddArray(columns.ActionHashes, NpgsqlDbType.Varchar)
            .AddArray(columns.ActionJsons, NpgsqlDbType.Text);
        AddValues(command, columns.Inserts);
    }

    private static void AddValues(NpgsqlCommand command, FlushColumns.ValueColumns values)
    {
        command.Parameters
            .AddArray(values.Values, NpgsqlDbType.Double)
            .AddArray(values.VisitCounts, NpgsqlDbType.Integer)
            .AddArray(values.Confidences, NpgsqlDbType.Double)
            .AddArray(values.Uncertainties, NpgsqlDbType.Double)
            .AddArray(values.Expiries, NpgsqlDbType.TimestampTz)
            .AddArray(values.Owners, NpgsqlDbType.Bigint);
    }

    private static void AddRewards(NpgsqlCommand command, RewardColumns rewards)
    {
        command.Parameters
            .AddArray(rewards.Ids, NpgsqlDbType.Uuid)
            .AddArray(rewards.Sessions, NpgsqlDbType.Uuid)
            .AddArray(rewards.Trajectories, NpgsqlDbType.Uuid)
            .AddArray(rewards.StateHashes, NpgsqlDbType.Varchar)
            .AddArray(rewards.ActionHashes, NpgsqlDbType.Varchar)
            .AddArray(rewards.Values, NpgsqlDbType.Double)
            .AddArray(rewards.Sources, NpgsqlDbType.Varchar)
            .AddArray(rewards.Times, NpgsqlDbType.TimestampTz)
            .AddArray(rewards.Owners, NpgsqlDbType.Bigint);
    }
}
