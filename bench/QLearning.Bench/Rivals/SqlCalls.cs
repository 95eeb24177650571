using Npgsql;

namespace QLearning.Bench.Rivals;

/// <summary>The same jobs by the SQL functions, row by row.</summary>
/// <param name="database">PostgreSQL, directly or through PgBouncer.</param>
internal sealed class SqlCalls(NpgsqlDataSource database)
{
    // A type of its own: what a grain holds must not be changed behind its back meanwhile.
    private const string Upserted = "coverage-analyzer";

    private const string BestAction = "select * from get_best_action($1, $2)";
    private const string Upsert = "select upsert_q_value($1, $2, '1', $3, '1', $4)";

    /// <summary>Asks for the best action.</summary>
    public async Task AskAsync(string agentType, string state)
    {
        await using var command = database.CreateCommand(BestAction);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agentType });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
    }

    /// <summary>Stores a Q-value.</summary>
    public async Task UpsertAsync(string state, string action, double value)
    {
        await using var command = database.CreateCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Upserted });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)value });
        await command.ExecuteScalarAsync();
    }
}
