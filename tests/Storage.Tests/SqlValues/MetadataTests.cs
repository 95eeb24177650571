namespace QLearning.Storage.Tests.SqlValues;

/// <summary>A setting that a program adds to <c>metadata</c> is never lost in a null.</summary>
public sealed class MetadataTests : DatabaseTest
{
    [Fact]
    public async Task A_setting_is_added_to_metadata_that_was_null()
    {
        await Database.ExecuteInAsync("update agent_types set metadata = null where agent_type = 'test-generator'");
        await Database.ExecuteInAsync("""
            insert into agent_types (agent_type, display_name, metadata) values ('new', 'New', null);
            update agent_types set metadata = metadata || '{"ttlDays": 60}' where agent_type in ('test-generator', 'new')
            """);
        Assert.Equal(
            ["60 days", "60 days"],
            await RowsAsync("select q_value_ttl(agent_type) as ttl from agent_types where agent_type in ('test-generator', 'new')"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("'5'")]
    [InlineData("""'{"learningRate": 0.9, "mine": 1}'""")]
    public async Task A_learning_rate_that_SQL_writes_becomes_the_agents_own(string metadata)
    {
        await Database.ExecuteInAsync($"""
            insert into agent_states (agent_type, agent_instance_id, current_exploration_rate, current_learning_rate, metadata)
            values ('test-generator', 'tg-1', 0.1, 0.1, {metadata})
            """);
        await Database.ExecuteInAsync("update agent_states set current_learning_rate = 0.25");
        Assert.Equal(["0.25"], await RowsAsync("select metadata ->> 'learningRate' as rate from agent_states"));
        await Database.ExecuteInAsync("update agent_states set metadata = metadata - 'learningRate', current_learning_rate = 0.1");
        Assert.Equal(["f"], await RowsAsync("select (metadata ? 'learningRate')::text::char as own from agent_states"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("'null'")]
    public async Task A_setting_that_is_added_to_no_metadata_counts(string nothing)
    {
        await Database.ExecuteInAsync($"update agent_types set metadata = {nothing} where agent_type = 'test-generator'");
        await Database.ExecuteInAsync(
            """update agent_types set metadata = metadata || '{"ttlDays": 60}' where agent_type = 'test-generator'""");
        Assert.Equal(["60 days"], await RowsAsync("select q_value_ttl('test-generator')::text as ttl"));
    }

    [Fact]
    public async Task Settings_are_read_the_same_whatever_a_backslash_means()
    {
        await Database.ExecuteInAsync(
            """update agent_types set metadata = '{"ttlDays": "6x0", "partitions": "1x0"}' where agent_type = 'test-generator'""");
        Assert.Equal(["30 days|1"], await RowsAsync(
            "select q_value_ttl('test-generator')::text as ttl, q_table_partitions('test-generator') as partitions "
                + "from set_config('standard_conforming_strings', 'off', false)"));
    }
}
