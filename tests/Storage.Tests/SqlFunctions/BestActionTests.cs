namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>What <c>get_best_action</c> answers.</summary>
public sealed class BestActionTests : SqlFunctionTest
{
    private const string Best = "select action_data, q_value, confidence_score from get_best_action('test-generator', 's')";

    [Fact]
    public async Task The_highest_Q_value_wins_whatever_its_confidence()
    {
        await AddAsync("('a', -3, 0.9), ('b', -1, 0.1), ('c', -2, null)");
        Assert.Equal(["b|-1.000000|0.1000"], await RowsAsync(Best));
    }

    [Fact]
    public async Task Equal_Q_values_are_told_apart_by_confidence_and_none_is_the_least()
    {
        await AddAsync("('a', 2, null), ('b', 2, 0.0), ('c', 2, 0.6), ('d', 2, 0.5)");
        Assert.Equal(["c|2.000000|0.6000"], await RowsAsync(Best));
        await Database.ExecuteInAsync("delete from q_values where action_hash in ('c', 'd')");
        Assert.Equal(["b|2.000000|0.0000"], await RowsAsync(Best));
        await Database.ExecuteInAsync("delete from q_values where action_hash = 'b'");
        Assert.Equal(["a|2.000000|null"], await RowsAsync(Best));
    }

    [Fact]
    public async Task Where_all_ties_the_smaller_hash_wins_whatever_was_stored_first()
    {
        await AddAsync("('c', 2, 0.5), ('a', 2, 0.5), ('b', 2, 0.5)");
        Assert.Equal(["a|2.000000|0.5000"], await RowsAsync(Best));
    }

    // Memory compares keys byte by byte, so the answer must not depend on the language of the database.
    [Fact]
    public async Task The_smaller_hash_is_the_same_in_a_database_of_any_language()
    {
        // PostgreSQL changes no type of a column that a trigger names.
        await Database.ExecuteInAsync("drop trigger q_values_note_move on q_values");
        await Database.ExecuteInAsync("""alter table q_values alter action_hash type varchar(64) collate "en-x-icu" """);
        await AddAsync("('a', 2, 0.5), ('B', 2, 0.5)");
        Assert.Equal(["B|2.000000|0.5000"], await RowsAsync(Best));
    }

    [Fact]
    public async Task Expired_Q_values_are_passed_over()
    {
        await AddAsync("('never', 1, 0.5), ('later', 2, 0.5), ('past', 9, 0.5)");
        await Database.ExecuteInAsync("""
            update q_values set expires_at = now() - interval '1 second' where action_hash = 'past';
            update q_values set expires_at = now() + interval '1 hour' where action_hash = 'later'
            """);
        Assert.Equal(["later|2.000000|0.5000"], await RowsAsync(Best));
        await Database.ExecuteInAsync("update q_values set expires_at = now() where action_hash = 'later'");
        Assert.Equal(["never|1.000000|0.5000"], await RowsAsync(Best));
        await Database.ExecuteInAsync("update q_values set expires_at = now()");
        Assert.Empty(await RowsAsync(Best));
    }

    // A column that holds NaN may have been filled before upsert_q_value refused it; PostgreSQL sorts it above every number.
    [Fact]
    public async Task A_Q_value_that_is_no_number_is_passed_over()
    {
        await AddAsync("('a', 1, 0.5), ('n', 'NaN'::numeric, 0.5)");
        Assert.Equal(["a|1.000000|0.5000"], await RowsAsync(Best));
    }

    [Fact]
    public async Task Other_states_and_other_agent_types_do_not_count_and_an_unknown_state_has_no_answer()
    {
        await Database.ExecuteInAsync("""
            select upsert_q_value('test-generator', 't', '1', 'a', '1', 5), upsert_q_value('test-executor', 's', '1', 'a', '1', 5)
            """);
        Assert.Empty(await RowsAsync(Best));
        Assert.Empty(await RowsAsync("select * from get_best_action('no-such-type', 's')"));
        Assert.Empty(await RowsAsync("select * from get_best_action(null, null)"));
    }

    private async Task AddAsync(string values) => await Database.ExecuteInAsync($"""
        insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, confidence_score)
        select 'test-generator', 's', '1', action, to_jsonb(action), value::numeric, confidence
        from (values {values}) as v (action, value, confidence)
        """);
}
