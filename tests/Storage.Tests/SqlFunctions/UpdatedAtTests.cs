namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>Three tables note the time of their last change, whoever changes them.</summary>
public sealed class UpdatedAtTests : DatabaseTest
{
    [Theory]
    [InlineData("agent_types", "display_name = 'another'")]
    [InlineData("sessions", "task_count = 4")]
    [InlineData("agent_states", "total_tasks = 4")]
    [InlineData("agent_states", "updated_at = '2021-01-01'")]
    public async Task A_change_moves_updated_at_and_an_insert_keeps_what_it_says(string table, string change)
    {
        await Database.ExecuteInAsync("""
            insert into agent_types (agent_type, display_name, updated_at) values ('own', 'own', '2020-01-01');
            insert into sessions (agent_type, updated_at) values ('own', '2020-01-01');
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, updated_at)
            values ('own', '1', 0.2, 0.1, '2020-01-01'), ('own', '2', 0.2, 0.1, '2020-01-01')
            """);
        var unchanged = await CountAsync($"{table} where updated_at = '2020-01-01'");
        Assert.Equal(1, await Database.ExecuteInAsync(
            $"update {table} set {change} where ctid = (select max(ctid) from {table} where agent_type = 'own')"));
        Assert.Equal(unchanged - 1, await CountAsync($"{table} where updated_at = '2020-01-01'"));
        Assert.Equal(["true|true"], await RowsAsync(
            $"select max(updated_at) <= now(), max(updated_at) > now() - interval '1 minute' from {table} where agent_type = 'own'"));
    }
}
