namespace QLearning.Grains.Tests.Fixtures;

/// <summary>Q-tables that are too large to be made by calls.</summary>
internal static class LargeTables
{
    /// <summary>Gives the states s1, s2, … one action <c>a</c> each, whose Q-value is the number.</summary>
    // Not noted as another program's write, which would make the grain read them a second time.
    public static async Task FillAsync(TestDatabase database, TestAgentType type, int states)
    {
        await using var command = database.DataSource.CreateCommand($"""
            select set_config('qlearning.flush', 'on', true);
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, expires_at)
            select '{type.Name}', 's' || i, to_jsonb('s' || i), 'a', '"a"', i, now() + interval '30 days'
            from generate_series(1, {states}) i
            """);
        // A busy machine takes its time.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public static StateKey[] States(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Given.State($"s{i}"))];
}
