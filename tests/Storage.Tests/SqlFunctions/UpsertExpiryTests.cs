namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>When <c>upsert_q_value</c> lets a Q-value expire, and what it does with one that has.</summary>
public sealed class UpsertExpiryTests : SqlFunctionTest
{
    [Theory]
    [InlineData(null, 30)]
    [InlineData("{}", 30)]
    [InlineData("""{"ttlDays": 1}""", 1)]
    [InlineData("""{"ttlDays": 7.9}""", 30)]
    [InlineData("""{"ttlDays": 36500}""", 36_500)]
    [InlineData("""{"ttlDays": 36501}""", 30)]
    [InlineData("""{"ttlDays": 0}""", 30)]
    [InlineData("""{"ttlDays": -4}""", 30)]
    [InlineData("""{"ttlDays": 1e300}""", 30)]
    [InlineData("""{"ttlDays": "7"}""", 7)]
    [InlineData("""{"ttlDays": null}""", 30)]
    [InlineData("""{"ttlDays": [7]}""", 30)]
    [InlineData("""[7]""", 30)]
    public async Task A_new_Q_value_lives_30_days_or_what_the_agent_types_metadata_say(string? metadata, int days)
    {
        await using (var command = Database.DataSource.CreateCommand(
            "update agent_types set metadata = $1::jsonb where agent_type = 'test-generator'"))
        {
            command.Parameters.AddWithValue((object?)metadata ?? DBNull.Value);
            await command.ExecuteNonQueryAsync();
        }

        await Database.ExecuteInAsync(Upsert);
        await Database.ExecuteInAsync("select upsert_q_value('test-executor', 's', '1', 'a', '1', 1)");
        Assert.Equal(
            ["test-executor|30", $"test-generator|{days}"],
            await RowsAsync(
                "select agent_type, round(extract(epoch from expires_at - created_at) / 86400) as days from q_values order by 1"));
    }

    [Theory]
    [InlineData(30, "29 days", "29 days")]
    [InlineData(30, "29 days -1 second", "30 days")]
    [InlineData(10, "9 days", "9 days")]
    [InlineData(10, "9 days -1 second", "10 days")]
    [InlineData(5, "4 days 12 hours", "4 days 12 hours")]
    [InlineData(5, "4 days 12 hours -1 second", "5 days")]
    [InlineData(1, "24 hours -144 minutes", "24 hours -144 minutes")]
    [InlineData(1, "24 hours -144 minutes -1 second", "1 day")]
    [InlineData(30, "1 second", "30 days")]
    [InlineData(30, "31 days", "31 days")]
    [InlineData(30, "3000 days", "3000 days")]
    public async Task The_expiry_moves_forward_when_that_is_more_than_a_day_or_a_tenth_of_the_life(
        int life, string left, string expected) =>
        Assert.Equal("true|2", await AtOneTimeAsync(
            $$"""
            update agent_types set metadata = '{"ttlDays": {{life}}}' where agent_type = 'test-generator';
            {{Upsert}} update q_values set expires_at = now() + '{{left}}'; {{Upsert}}
            """,
            $"select (expires_at = now() + '{expected}') || '|' || visit_count from q_values"));

    [Fact]
    public async Task A_Q_value_without_an_expiry_keeps_none()
    {
        await Database.ExecuteInAsync($"{Upsert} update q_values set expires_at = null");
        await Database.ExecuteInAsync(Upsert);
        Assert.Equal(["null|2"], await RowsAsync("select expires_at, visit_count from q_values"));
    }

    [Theory]
    [InlineData("0 seconds")]
    [InlineData("-1 second")]
    [InlineData("-400 days")]
    public async Task An_expired_Q_value_starts_over_in_its_row(string left)
    {
        var id = await Database.QueryAsync<long>(Upsert);
        Assert.Equal($"{id}|2.000000|1|0.5000|0.5000|true", await AtOneTimeAsync(
            $"""
            update q_values set visit_count = 90, confidence_score = 0.9, uncertainty = 0.1, expires_at = now() + '{left}';
            select upsert_q_value('test-generator', 's', '1', 'a', '1', 2)
            """,
            """
            select concat_ws('|', q_value_id, q_value, visit_count, confidence_score, uncertainty,
                             (expires_at = now() + interval '30 days')::text)
            from q_values
            """));
    }
}
