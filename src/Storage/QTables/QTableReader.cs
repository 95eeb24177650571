using System.Data;
using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Storage.Sql;

namespace QLearning.Storage.QTables;

/// <summary>
/// Reads Q-values: a whole table when its grain activates, or the rows of some states when the table is larger than the hot limit.
/// </summary>
/// <param name="dataSource">The database.</param>
public sealed class QTableReader(NpgsqlDataSource dataSource) : IQTableReader
{
    private const string IsCountAbove = """
        select count(*) > $2 from (
            select 1 from q_values where agent_type = $1 and (expires_at is null or expires_at > now())
                and ($3 = 1 or q_partition(state_hash, $3) = $4)
            group by state_hash limit $2 + 1) s
        """;

    private const string Whole = """
        select q_value_id, state_hash, action_hash, q_value::float8, visit_count, coalesce(confidence_score, 0.5)::float8,
               coalesce(uncertainty, 0.5)::float8, expires_at, null
        from q_values where agent_type = $1 and (expires_at is null or expires_at > now()) and ($2 = 1 or q_partition(state_hash, $2) = $3)
        """;

    private const string States = """
        select q_value_id, state_hash, action_hash, q_value::float8, visit_count, coalesce(confidence_score, 0.5)::float8,
               coalesce(uncertainty, 0.5)::float8, expires_at, action_data::text
        from q_values where agent_type = $1 and state_hash = any($2) and (expires_at is null or expires_at > now())
        """;

    // Read in the order of idx_q_values_lookup and from nothing else: a plan that sorts all rows of the type for each page costs the
    // square of them.
    private const string InIndexOrder = """
        select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
               set_config('enable_sort', 'off', true)
        """;

    // As the database orders text, which memory cannot know: only it compares. One row of a state would do, but telling them apart costs
    // more.
    private const string PageOfStates = """
        select state_hash from q_values
        where agent_type = $1 and ($2 = 1 or q_partition(state_hash, $2) = $3) and state_hash > $4
        order by state_hash limit $5
        """;

    private const int PageRows = 10_000;

    private const string ActionData = "select action_hash, action_data::text from q_values where q_value_id = any($1)";

    /// <inheritdoc />
    public async Task<bool> HasMoreStatesThanAsync(TablePartition partition, int states, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(IsCountAbove);
        command.Parameters
            .AddText(partition.AgentType)
            .AddValue(states, NpgsqlDbType.Bigint)
            .AddInteger(partition.Count)
            .AddInteger(partition.Index);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).OrUnavailableAsync(Load(partition.AgentType)))!;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<(ActionKey Action, string Json)>> LoadAllAsync(
        TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken) =>
        LoadAsync(partition, onRow, cancellationToken).OrUnavailableAsync(Load(partition.AgentType));

    /// <inheritdoc />
    public async Task LoadStatesAsync(
        string agentType, IReadOnlyCollection<StateKey> states, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(States);
        command.Parameters.AddText(agentType).AddArray(states.Select(state => state.ToString()), NpgsqlDbType.Text);
        await ReadAsync(command, onRow, cancellationToken).OrUnavailableAsync(Load(agentType));
    }

    /// <inheritdoc />
    public Task<StatePage> ListStatesAsync(TablePartition partition, string after, CancellationToken cancellationToken) =>
        ReadPageAsync(partition, after, cancellationToken).OrUnavailableAsync(Load(partition.AgentType));

    private static string Load(string agentType) => $"load the Q-table of '{agentType}'";

    private async Task<IReadOnlyList<(ActionKey Action, string Json)>> LoadAsync(
        TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        // A million rows repeat a handful of actions, so one row of each says what its JSON is.
        // Both queries see one snapshot, or a row deleted in between would leave its action without a description.
        var rowOfAction = new Dictionary<ActionKey, long>();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var rows = new NpgsqlCommand(Whole, connection) { CommandTimeout = 0 };
        rows.Parameters.AddText(partition.AgentType).AddInteger(partition.Count).AddInteger(partition.Index);
        await ReadAsync(rows, row =>
        {
            rowOfAction.TryAdd(row.Action, row.RowId);
            onRow(row);
        }, cancellationToken);
        await using var actions = new NpgsqlCommand(ActionData, connection);
        actions.Parameters.AddArray(rowOfAction.Values, NpgsqlDbType.Bigint);
        return await actions.ReadAllAsync(reader => (ActionKey.Parse(reader.GetString(0)), reader.GetString(1)), cancellationToken);
    }

    private async Task<StatePage> ReadPageAsync(TablePartition partition, string after, CancellationToken cancellationToken)
    {
        // One batch is one transaction, in which the settings hold.
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InIndexOrder));
        var page = new NpgsqlBatchCommand(PageOfStates);
        page.Parameters
            .AddText(partition.AgentType)
            .AddInteger(partition.Count)
            .AddInteger(partition.Index)
            .AddText(after)
            .AddInteger(PageRows);
        batch.BatchCommands.Add(page);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await ReadStatesAsync(reader, cancellationToken);
    }

    private static async Task<StatePage> ReadStatesAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var (rows, last, states) = (0, string.Empty, new List<StateKey>());
        for (; await reader.ReadAsync(cancellationToken); rows++)
        {
            var text = reader.GetString(0);
            if (text != last && StateKey.TryParse(text, out var state))
            {
                states.Add(state);
            }

            last = text;
        }

        return new StatePage(states, rows == PageRows ? last : null);
    }

    private static Task<int> ReadAsync(NpgsqlCommand command, Action<StoredQValue> onRow, CancellationToken cancellationToken) =>
        command.ForEachAsync(reader =>
        {
            // Other programs may have stored an empty hash, which no caller can ask for, or NaN, which would spoil every update.
            var value = reader.GetDouble(3);
            if (StateKey.TryParse(reader.GetString(1), out var state)
                && ActionKey.TryParse(reader.GetString(2), out var action)
                && !double.IsNaN(value))
            {
                onRow(new StoredQValue(
                    reader.GetInt64(0),
                    state,
                    action,
                    reader.GetTextOrNull(8),
                    value,
                    reader.GetInt32(4),
                    reader.GetDouble(5),
                    reader.GetDouble(6),
                    reader.GetOrNull<DateTimeOffset>(7)));
            }
        }, cancellationToken);
}
