using System.Text;
using Npgsql;

namespace QLearning.Bench.BadInput;

/// <summary>Sums up what is stored, so that two moments can be compared.</summary>
internal static class DatabaseChecksum
{
    // An agent's status follows its episode a second late, whatever was called meanwhile.
    private const string Row = "(to_jsonb(t) - '{status,last_activity,updated_at}'::text[])::text";

    // Without the tables that say who owns rows and when a job ran: they move by themselves.
    private static readonly string[] _tables =
    [
        "agent_types", "sessions", "q_values", "trajectories", "rewards", "patterns", "agent_states", "pattern_uses", "q_table_clients",
        "idempotency_keys",
    ];

    private static readonly string _sql = string.Join(
        " union all ",
        _tables.Select(table => $"select '{table}', count(*), coalesce(sum(hashtextextended({Row}, 0)::numeric), 0)::text from {table} t"));

    public static async Task<string> ReadAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var sums = new StringBuilder();
        await using var command = database.CreateCommand(_sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sums.Append(reader.GetString(0)).Append(' ').Append(reader.GetInt64(1)).Append(' ').AppendLine(reader.GetString(2));
        }

        return sums.ToString();
    }
}
