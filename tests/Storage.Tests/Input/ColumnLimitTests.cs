using System.Globalization;

namespace QLearning.Storage.Tests.Input;

/// <summary>What becomes a column may be as long or as large as the column of a migrated database takes.</summary>
public sealed class ColumnLimitTests : DatabaseTest
{
    [Theory]
    [InlineData("agent_types.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("agent_types.display_name", QLimits.MaxDisplayNameCharacters)]
    [InlineData("sessions.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("sessions.session_name", QLimits.MaxSessionNameCharacters)]
    [InlineData("sessions.environment", QLimits.MaxEnvironmentCharacters)]
    [InlineData("q_values.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("q_values.state_hash", QLimits.MaxKeyCharacters)]
    [InlineData("q_values.action_hash", QLimits.MaxKeyCharacters)]
    [InlineData("trajectories.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("trajectories.task_id", QLimits.MaxTaskCharacters)]
    [InlineData("rewards.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("rewards.state_hash", QLimits.MaxKeyCharacters)]
    [InlineData("rewards.action_hash", QLimits.MaxKeyCharacters)]
    [InlineData("rewards.reward_source", QLimits.MaxSourceCharacters)]
    [InlineData("patterns.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("patterns.pattern_name", QLimits.MaxPatternNameCharacters)]
    [InlineData("patterns.pattern_type", QLimits.MaxPatternTypeCharacters)]
    [InlineData("patterns.pattern_category", QLimits.MaxPatternTypeCharacters)]
    [InlineData("agent_states.agent_type", QLimits.MaxAgentTypeCharacters)]
    [InlineData("agent_states.agent_instance_id", QLimits.MaxInstanceCharacters)]
    public async Task A_text_is_as_long_as_its_column(string column, int limit) =>
        Assert.Equal(limit, await OfColumnAsync<int>("character_maximum_length", column));

    [Theory]
    [InlineData("q_values.q_value", QLimits.MaxQValue)]
    [InlineData("rewards.reward_value", QLimits.MaxReward)]
    [InlineData("trajectories.total_reward", QLimits.MaxReward)]
    [InlineData("trajectories.discounted_reward", QLimits.MaxReward)]
    [InlineData("agent_states.total_reward", QLimits.MaxReward)]
    [InlineData("patterns.avg_reward", QLimits.MaxReward)]
    public async Task A_number_is_as_large_as_its_column(string column, double limit)
    {
        var precision = await OfColumnAsync<int>("numeric_precision", column);
        var scale = await OfColumnAsync<int>("numeric_scale", column);
        var nines = $"{new string('9', precision - scale)}.{new string('9', scale)}";
        Assert.Equal(double.Parse(nines, CultureInfo.InvariantCulture), limit);
    }

    [Fact]
    public async Task The_longest_execution_time_is_the_largest_of_its_column()
    {
        Assert.Equal("integer", await OfColumnAsync<string>("data_type", "trajectories.execution_time_ms"));
        Assert.Equal(int.MaxValue, QLimits.MaxExecutionTime.TotalMilliseconds);
    }

    private Task<T> OfColumnAsync<T>(string what, string column)
    {
        var (table, name) = (column.Split('.')[0], column.Split('.')[1]);
        return Database.QueryAsync<T>($"""
            select {what} from information_schema.columns
            where table_schema = 'public' and table_name = '{table}' and column_name = '{name}'
            """);
    }
}
