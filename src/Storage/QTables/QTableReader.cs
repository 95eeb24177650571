using System.Data;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using QLearning.Abstractions;
using QLearning.Abstractions.Json;
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

    // SQL may count visits below 0, and an adopted table may take null for whatever the schema of db/ does not: greatest passes over it.
    // A million rows repeat a handful of descriptions, so a row says which it has by a hash, and each is read once. Planned for all rows:
    // by default a cursor is planned for the first tenth of them.
    private const string Whole = """
        declare whole no scroll cursor for
        select q_value_id, state_hash, action_hash, q_value::float8, greatest(visit_count, 0), confidence_score::float8,
               coalesce(uncertainty, 0.5)::float8, expires_at,
               hashtextextended(coalesce(action_data::text, ''), 0)
        from q_values where agent_type = $1 and (expires_at is null or expires_at > now()) and ($2 = 1 or q_partition(state_hash, $2) = $3)
        """;

    private const string ForAllRows = "select set_config('cursor_tuple_fraction', '1', true)";

    private static readonly string _nextOfWhole = string.Create(CultureInfo.InvariantCulture, $"fetch {PageRows} from whole");

    private const string States = """
        select q_value_id, state_hash, action_hash, q_value::float8, greatest(visit_count, 0), confidence_score::float8,
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

    private const string ActionData = "select q_value_id, action_data::text from q_values where q_value_id = any($1)";

    /// <inheritdoc />
    public async Task<bool> HasMoreStatesThanAsync(TablePartition partition, int states, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(IsCountAbove);
        command.Parameters
            .AddText(partition.AgentType)
            .AddValue(states, NpgsqlDbType.Bigint)
            .AddInteger(partition.Count)
            .AddInteger(partition.Index);
        // As long as it takes, like the load: a partition looks at the rows of all.
        return (await dataSource.ReadAloneAsync(command, static reader => reader.GetBoolean(0), cancellationToken)
            .OrUnavailableAsync(Load(partition.AgentType)))[0];
    }

    /// <inheritdoc />
    public Task LoadAllAsync(TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken) =>
        LoadAsync(partition, onRow, cancellationToken).OrUnavailableAsync(Load(partition.AgentType));

    /// <inheritdoc />
    public async Task LoadStatesAsync(
        string agentType, IReadOnlyCollection<StateKey> states, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(States);
        command.Parameters.AddText(agentType).AddArray(states.Select(state => state.ToString()), NpgsqlDbType.Text);
        await command.ForEachAsync(reader =>
        {
            if (Read(reader) is { } row)
            {
                onRow(row with { ActionJson = Usable(row.Action, reader.GetTextOrNull(8)) });
            }
        }, cancellationToken).OrUnavailableAsync(Load(agentType));
    }

    /// <inheritdoc />
    public Task<StatePage> ListStatesAsync(TablePartition partition, string after, CancellationToken cancellationToken) =>
        ReadPageAsync(partition, after, cancellationToken).OrUnavailableAsync(Load(partition.AgentType));

    private static string Load(string agentType) => $"load the Q-table of '{agentType}'";

    private async Task<int> LoadAsync(TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken)
    {
        // All queries see one snapshot, or a row deleted in between would leave its description behind.
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var begin = new NpgsqlBatch(connection) { Timeout = 0 })
        {
            begin.BatchCommands.Add(new NpgsqlBatchCommand(TimeLimits.Lift));
            begin.BatchCommands.Add(new NpgsqlBatchCommand(ForAllRows));
            var whole = new NpgsqlBatchCommand(Whole);
            whole.Parameters.AddText(partition.AgentType).AddInteger(partition.Count).AddInteger(partition.Index);
            begin.BatchCommands.Add(whole);
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }

        var descriptions = new Dictionary<(ActionKey Action, long Hash), string>();
        var rows = new List<(StoredQValue Row, long Hash)>();
        await using var next = new NpgsqlCommand(_nextOfWhole, connection) { CommandTimeout = 0 };
        var total = 0;
        for (var read = PageRows; read == PageRows; total += read)
        {
            rows.Clear();
            read = await next.ForEachAsync(reader =>
            {
                if (Read(reader) is { } row)
                {
                    rows.Add((row, reader.GetInt64(8)));
                }
            }, cancellationToken);
            await DescribeAsync(connection, rows, descriptions, cancellationToken);
            rows.ForEach(item => onRow(item.Row with { ActionJson = descriptions[(item.Row.Action, item.Hash)] }));
        }

        return total;
    }

    /// <summary>Reads the descriptions that were met for the first time.</summary>
    private static async Task DescribeAsync(
        NpgsqlConnection connection,
        List<(StoredQValue Row, long Hash)> rows,
        Dictionary<(ActionKey Action, long Hash), string> descriptions,
        CancellationToken cancellationToken)
    {
        var firstRows = new Dictionary<long, (ActionKey Action, long Hash)>();
        foreach (var (row, hash) in rows)
        {
            if (descriptions.TryAdd((row.Action, hash), string.Empty))
            {
                firstRows.Add(row.RowId, (row.Action, hash));
            }
        }

        if (firstRows.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(ActionData, connection) { CommandTimeout = 0 };
        command.Parameters.AddArray(firstRows.Keys, NpgsqlDbType.Bigint);
        await command.ForEachAsync(reader =>
        {
            var first = firstRows[reader.GetInt64(0)];
            descriptions[first] = Usable(first.Action, reader.GetTextOrNull(1));
        }, cancellationToken);
    }

    // What is chosen comes back to be learned: a description that would be refused then, such as one nested too deep, gives way to the key.
    private static string Usable(ActionKey action, string? json) =>
        json is not null && JsonText.IsWithinLimits(json) ? json : JsonSerializer.Serialize(action.ToString());

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

    /// <summary>
    /// A row; null: another program has stored an empty hash or none, which no caller can ask for, or no number, which would spoil every
    /// update.
    /// </summary>
    private static StoredQValue? Read(NpgsqlDataReader reader)
    {
        return StateKey.TryParse(reader.GetTextOrNull(1), out var state)
            && ActionKey.TryParse(reader.GetTextOrNull(2), out var action)
            && reader.GetOrNull<double>(3) is { } value
            && !double.IsNaN(value)
            ? new StoredQValue(
                reader.GetInt64(0),
                state,
                action,
                ActionJson: null,
                value,
                reader.GetInt32(4),
                reader.GetOrNull<double>(5),
                reader.GetDouble(6),
                reader.GetExpiry(7))
            : null;
    }
}
