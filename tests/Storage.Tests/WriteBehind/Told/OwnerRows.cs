using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using QLearning.Storage.Sql;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>A stored Q-value.</summary>
internal readonly record struct StoredValue(long RowId, double Value, int Visits);

/// <summary>What the tables hold of one owner: Q-values by state, numbers of clients, and late rewards with their values.</summary>
internal sealed record OwnerRows(
    IReadOnlyDictionary<string, StoredValue> Values,
    IReadOnlySet<(Guid Client, long Number)> Numbers,
    IReadOnlySet<(Guid Id, double Value)> Rewards)
{
    private const string Read = """
        select 0, state_hash, q_value_id, q_value::float8, visit_count, null::uuid
        from q_values where agent_type = $1 and starts_with(state_hash, $2)
        union all
        select 1, null, n.number, 0, 0, c.client_id
        from q_table_clients c cross join lateral (select generate_series(1, c.floor) union all select unnest(c.above)) n (number)
        where c.agent_type = $1 and c.client_id = any($3)
        union all
        select 2, null, 0, reward_value::float8, 0, (metadata ->> 'id')::uuid
        from rewards where agent_type = $1 and starts_with(state_hash, $2)
        """;

    public static OwnerRows None { get; } =
        new(new Dictionary<string, StoredValue>(), new HashSet<(Guid, long)>(), new HashSet<(Guid, double)>());

    /// <summary>All of a partition, as of one moment.</summary>
    public static async Task<OwnerRows> ReadAsync(NpgsqlDataSource source, ToldPart part)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Read, connection);
        command.Parameters.AddText(part.Key.AgentType).AddText(part.Prefix).AddArray(part.Clients, NpgsqlDbType.Uuid);
        var values = new Dictionary<string, StoredValue>(StringComparer.Ordinal);
        var (numbers, rewards) = (new HashSet<(Guid, long)>(), new HashSet<(Guid, double)>());
        await command.ForEachAsync(
            reader => _ = reader.GetInt32(0) switch
            {
                0 => values.TryAdd(reader.GetString(1), new StoredValue(reader.GetInt64(2), reader.GetDouble(3), reader.GetInt32(4))),
                1 => numbers.Add((reader.GetGuid(5), reader.GetInt64(2))),
                _ => rewards.Add((reader.GetGuid(5), reader.GetDouble(3))),
            },
            CancellationToken.None);
        return new OwnerRows(values, numbers, rewards);
    }

    /// <summary>The same without a Q-value.</summary>
    public OwnerRows Without(string state) =>
        this with { Values = Values.Where(value => value.Key != state).ToDictionary(StringComparer.Ordinal) };

    /// <summary>Where others differ; null: nowhere. Row ids do not count.</summary>
    public string? Difference(OwnerRows actual)
    {
        var (mine, theirs) = (Lines().ToHashSet(), actual.Lines().ToHashSet());
        string[] lines =
        [
            .. mine.Except(theirs).Select(line => "is missing: " + line), .. theirs.Except(mine).Select(line => "is too much: " + line),
        ];
        return lines.Length == 0 ? null : string.Join("\n  ", lines);
    }

    private IEnumerable<string> Lines() =>
    [
        .. Values.Select(value => string.Create(
            CultureInfo.InvariantCulture, $"{value.Key} = {value.Value.Value} after {value.Value.Visits} visits")),
        .. Numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"number {number.Number} of {number.Client}")),
        .. Rewards.Select(reward => string.Create(CultureInfo.InvariantCulture, $"reward {reward.Id} of {reward.Value}")),
    ];
}
