using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.QTables;

/// <summary>
/// Lists a Q-table a page at a time, as it is stored, whichever partitions own it. A page begins after the last row of the one before.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTablePages(NpgsqlDataSource dataSource)
{
    // What agents cannot ask for, an empty key or NaN, is not shown to them either. A prefix is looked for in the index only where the
    // database's collation is C, else all keys of the type are compared with it.
    private const string Live = """
        agent_type = $1 and (expires_at is null or expires_at > now()) and q_value <> 'NaN' and state_hash <> '' and action_hash <> ''
        """;

    // As memory and get_best_action take it: what is beyond 0 to 1 is the nearest of these, NaN above all; visits below 0 or
    // unknown are none.
    private const string Confidence = "case when confidence_score is not null then least(greatest(confidence_score, 0), 1) end";

    private const string Uncertainty = "case when uncertainty is not null then least(greatest(uncertainty, 0), 1) end";

    private const string Visits = "greatest(visit_count, 0)";

    private const string Wanted = $"{Live} and ($2::text is null or starts_with(state_hash, $2))";

    private const string Group = $"""
        with page as (
            select state_hash, max(q_value) as best, sum({Visits})::bigint as visits, count(*) as actions
            from q_values where {Wanted}
        """;

    private const string Describe = $"""
        )
        select p.state_hash, coalesce(b.state_data, to_jsonb(p.state_hash))::text, p.actions, p.visits,
               b.action_hash, coalesce(b.action_data, to_jsonb(b.action_hash))::text, p.best
        from page p cross join lateral (
            select state_data, action_hash, action_data from q_values q
            where {Live} and q.state_hash = p.state_hash
            order by q_value desc, {Confidence} desc nulls last, action_hash collate "C" limit 1) b
        """;

    // Along idx_q_values_lookup, no further than the page.
    private const string StatesByKey = $"""
        {Group} and ($3::text is null or state_hash > $3) group by state_hash order by state_hash limit $5
        {Describe} order by p.state_hash
        """;

    // Both read and group all rows of the type for each page: there is no index of Q-values or visits, which every flush would have to
    // keep.
    private const string StatesByValue = $"""
        {Group} group by state_hash having $3::text is null or max(q_value) < $4 or (max(q_value) = $4 and state_hash > $3)
        order by best desc, state_hash limit $5
        {Describe} order by p.best desc, p.state_hash
        """;

    private const string StatesByVisits = $"""
        {Group} group by state_hash having $3::text is null or sum({Visits}) > $4 or (sum({Visits}) = $4 and state_hash > $3)
        order by visits, state_hash limit $5
        {Describe} order by p.visits, p.state_hash
        """;

    private const string QValues = $"""
        select state_hash, coalesce(state_data, to_jsonb(state_hash))::text,
               action_hash, coalesce(action_data, to_jsonb(action_hash))::text, q_value, {Visits},
               coalesce({Confidence}, 0.5)::float8, coalesce({Uncertainty}, 0.5)::float8
        from q_values where {Wanted}
        """;

    // Along uq_agent_state_action, no further than the page.
    private const string QValuesByKey = $"""
        {QValues} and ($3::text is null or (state_hash, action_hash) > ($3, $6)) order by state_hash, action_hash limit $5
        """;

    // Both read all rows of the type for each page and keep the best of them.
    private const string QValuesByValue = $"""
        {QValues} and ($3::text is null or q_value < $4 or (q_value = $4 and (state_hash, action_hash) > ($3, $6)))
        order by q_value desc, state_hash, action_hash limit $5
        """;

    private const string QValuesByVisits = $"""
        {QValues} and ($3::text is null or {Visits} > $4 or ({Visits} = $4 and (state_hash, action_hash) > ($3, $6)))
        order by {Visits}, state_hash, action_hash limit $5
        """;

    /// <summary>Reads a page of states.</summary>
    /// <param name="query">Which ones; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<StatesPage> ReadStatesAsync(StateQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = query.After;
        await using var command = query.Order switch
        {
            StateOrder.BestValue => Command(StatesByValue, query.AgentType, query.Prefix, after?.State, after?.BestValue, query.Limit),
            StateOrder.LeastVisited => Command(StatesByVisits, query.AgentType, query.Prefix, after?.State, after?.Visits, query.Limit),
            _ => Command(StatesByKey, query.AgentType, query.Prefix, after?.State, null, query.Limit),
        };
        var rows = await command.ReadAllAsync(ReadState, cancellationToken).OrUnavailableAsync($"list states of '{query.AgentType}'");
        return PageOf.Rows(
            rows,
            query.Limit,
            static row => new StateCursor(row.State.State, row.Best, row.State.Visits),
            static (page, next) => new StatesPage([.. page.Select(row => row.State)], next));
    }

    /// <summary>Reads a page of Q-values.</summary>
    /// <param name="query">Which ones; its parts have been checked.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<QValuePage> ReadQValuesAsync(QValueQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = query.After;
        await using var command = query.Order switch
        {
            QValueOrder.Highest => Command(QValuesByValue, query.AgentType, query.Prefix, after?.State, after?.Value, query.Limit),
            QValueOrder.LeastVisited => Command(QValuesByVisits, query.AgentType, query.Prefix, after?.State, after?.Visits, query.Limit),
            _ => Command(QValuesByKey, query.AgentType, query.Prefix, after?.State, null, query.Limit),
        };
        command.Parameters.AddText(after?.Action.ToString());
        var rows = await command.ReadAllAsync(ReadQValue, cancellationToken).OrUnavailableAsync($"list Q-values of '{query.AgentType}'");
        return PageOf.Rows(
            rows,
            query.Limit,
            static row => new QValueCursor(row.Listed.State, row.Listed.Value.Action, row.Value, row.Listed.Value.VisitCount),
            static (page, next) => new QValuePage([.. page.Select(row => row.Listed)], next));
    }

    private NpgsqlCommand Command(string sql, string agentType, string? prefix, StateKey? after, decimal? number, int limit)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters
            .AddText(agentType)
            .AddText(prefix)
            .AddText(after?.ToString())
            .AddValue(number, NpgsqlDbType.Numeric)
            .AddValue(limit + 1L, NpgsqlDbType.Bigint);
        return command;
    }

    private static (StateSummary State, decimal Best) ReadState(NpgsqlDataReader reader)
    {
        var best = reader.GetDecimal(6);
        var state = new StateSummary
        {
            State = StateKey.Parse(reader.GetString(0)),
            StateJson = reader.GetString(1),
            Actions = reader.GetInt64(2),
            Visits = reader.GetInt64(3),
            BestAction = ActionKey.Parse(reader.GetString(4)),
            BestActionJson = reader.GetString(5),
            BestValue = (double)best,
        };
        return (state, best);
    }

    private static (ListedQValue Listed, decimal Value) ReadQValue(NpgsqlDataReader reader)
    {
        var value = reader.GetDecimal(4);
        var action = new QValue(
            ActionKey.Parse(reader.GetString(2)),
            reader.GetString(3),
            (double)value,
            reader.GetInt32(5),
            reader.GetDouble(6),
            reader.GetDouble(7));
        var listed = new ListedQValue { State = StateKey.Parse(reader.GetString(0)), StateJson = reader.GetString(1), Value = action };
        return (listed, value);
    }
}
