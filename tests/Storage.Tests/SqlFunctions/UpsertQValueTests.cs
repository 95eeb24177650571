using Npgsql;

namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>What <c>upsert_q_value</c> does to visits, confidence and uncertainty, and what it leaves alone.</summary>
public sealed class UpsertQValueTests : SqlFunctionTest
{
    private const string Counts = "select q_value, visit_count, confidence_score, uncertainty from q_values";

    [Fact]
    public async Task A_first_upsert_inserts_one_visit_and_half_confidence()
    {
        await Database.ExecuteInAsync("""
            insert into sessions (session_id, agent_type) values ('00000000-0000-0000-0000-000000000007', 'test-generator');
            select upsert_q_value('test-generator', 's', '{"at": 1}', 'a', '{"do": 2}', 2.5, '00000000-0000-0000-0000-000000000007')
            """);
        Assert.Equal(
            ["""test-generator|00000000-0000-0000-0000-000000000007|s|{"at": 1}|a|{"do": 2}|2.500000|1|0.5000|0.5000|true"""],
            await RowsAsync("""
                select agent_type, session_id, state_hash, state_data, action_hash, action_data, q_value, visit_count, confidence_score,
                       uncertainty, last_updated = created_at and created_at > now() - interval '1 minute' from q_values
                """));
    }

    [Fact]
    public async Task A_later_upsert_counts_a_visit_and_moves_confidence_and_uncertainty()
    {
        await Database.ExecuteInAsync(Upsert);
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', -7.25)");
        Assert.Equal(["-7.250000|2|0.5100|0.4900"], await RowsAsync(Counts));
    }

    [Fact]
    public async Task A_later_upsert_answers_the_same_row_and_keeps_what_the_first_described()
    {
        var first = await Database.QueryAsync<long>(Upsert);
        await Database.ExecuteInAsync(
            "update q_values set last_updated = '2020-01-01', created_at = '2020-01-01', metadata = '{\"mine\": 1}'");
        var second = await Database.QueryAsync<long>("select upsert_q_value('test-generator', 's', '2', 'a', '2', 1)");
        Assert.Equal(first, second);
        Assert.Equal(
            ["""1|1|null|true|true|{"mine": 1}"""],
            await RowsAsync("""
                select state_data, action_data, session_id, created_at = '2020-01-01', last_updated > now() - interval '1 minute', metadata
                from q_values
                """));
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("-2147483648")]
    [InlineData("null")]
    public async Task An_upsert_counts_on_from_0_where_the_count_of_visits_is_below_it_or_unknown(string visits)
    {
        await Database.ExecuteInAsync($"{Upsert} alter table q_values alter visit_count drop not null");
        await Database.ExecuteInAsync($"update q_values set visit_count = {visits}");
        await Database.ExecuteInAsync(Upsert);
        Assert.Equal(["1"], await RowsAsync("select visit_count from q_values"));
    }

    [Theory]
    [InlineData("0.9800", "0.0200", "0.9900|0.0100")]
    [InlineData("0.9950", "0.0050", "1.0000|0.0000")]
    [InlineData("1.0000", "0.0000", "1.0000|0.0000")]
    [InlineData("null", "null", "0.5100|0.4900")]
    public async Task Confidence_stops_at_1_and_uncertainty_at_0_and_nothing_known_is_a_half(
        string confidence, string uncertainty, string expected)
    {
        await Database.ExecuteInAsync($"{Upsert} update q_values set confidence_score = {confidence}, uncertainty = {uncertainty}");
        await Database.ExecuteInAsync(Upsert);
        Assert.Equal([expected], await RowsAsync("select confidence_score, uncertainty from q_values"));
    }

    [Fact]
    public async Task Each_agent_type_state_and_action_has_a_row_of_its_own()
    {
        await Database.ExecuteInAsync(Upsert);
        await Database.ExecuteInAsync("""
            select upsert_q_value('test-executor', 's', '1', 'a', '1', 2), upsert_q_value('test-generator', 't', '1', 'a', '1', 3),
                   upsert_q_value('test-generator', 's', '1', 'b', '1', 4)
            """);
        Assert.Equal(
            [
                "test-executor|s|a|2.000000|1", "test-generator|s|a|1.000000|1", "test-generator|s|b|4.000000|1",
                "test-generator|t|a|3.000000|1",
            ],
            await RowsAsync("select agent_type, state_hash, action_hash, q_value, visit_count from q_values order by 1, 2, 3"));
    }

    [Fact]
    public async Task Upserts_of_many_callers_at_once_count_each()
    {
        const int Callers = 8;
        const int Each = 25;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var i = 0; i < Each; i++)
            {
                await Database.ExecuteInAsync(Upsert);
            }
        }));
        Assert.Equal(["200|1.0000|0.0000"], await RowsAsync("select visit_count, confidence_score, uncertainty from q_values"));
    }

    [Fact]
    public async Task A_visit_count_at_the_end_of_its_column_stays_there()
    {
        await Database.ExecuteInAsync($"{Upsert} update q_values set visit_count = 2147483647");
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '1', 'a', '1', 3)");
        Assert.Equal(["3.000000|2147483647|0.5100|0.4900"], await RowsAsync(Counts));
    }

    [Theory]
    [InlineData("'no-such-type', 's', '1', 'a', '1', 1", PostgresErrorCodes.ForeignKeyViolation)]
    [InlineData("'test-generator', 's', '1', 'a', '1', 1000000", PostgresErrorCodes.NumericValueOutOfRange)]
    [InlineData("'test-generator', 's', '1', 'a', '1', 'Infinity'", PostgresErrorCodes.NumericValueOutOfRange)]
    [InlineData("'test-generator', 's', '1', 'a', '1', 'NaN'", PostgresErrorCodes.NumericValueOutOfRange)]
    [InlineData("'test-generator', 's', '1', 'a', '1', null", PostgresErrorCodes.NotNullViolation)]
    [InlineData("'test-generator', repeat('s', 65), '1', 'a', '1', 1", PostgresErrorCodes.StringDataRightTruncation)]
    public async Task What_no_table_could_hold_is_refused_and_changes_nothing(string arguments, string sqlState)
    {
        await Database.ExecuteInAsync(Upsert);
        Assert.Equal(sqlState, (await RefusalAsync($"select upsert_q_value({arguments})")).SqlState);
        Assert.Equal(["1.000000|1|0.5000|0.5000"], await RowsAsync(Counts));
    }
}
