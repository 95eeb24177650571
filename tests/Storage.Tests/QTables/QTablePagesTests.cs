using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>Lists of a Q-table say of each state and value what get_best_action and memory say.</summary>
public sealed class QTablePagesTests : DatabaseTest
{
    private QTablePages Pages => new(Database.DataSource);

    [Theory]
    [InlineData(StateOrder.Key)]
    [InlineData(StateOrder.BestValue)]
    [InlineData(StateOrder.LeastVisited)]
    public async Task The_best_action_of_a_listed_state_is_that_of_get_best_action(StateOrder order)
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, confidence_score)
            select 'test-generator', 's' || s, '1', 'a' || a, to_jsonb('a' || a), (s * a) % 2,
                   (array[null, 0, 0.5, 1, 5, -1, 'NaN', 0.0001])[1 + (s * 7 + a * a * 3) % 8]
            from generate_series(1, 200) s cross join generate_series(1, 5) a
            """);
        var expected = await Database.QueryAsync<string[]>("""
            select array_agg(s || ' ' || (select action_data ->> 0 from get_best_action('test-generator', s)) order by s)
            from (select distinct state_hash as s from q_values) states
            """);
        var page = await Pages.ReadStatesAsync(
            new StateQuery { AgentType = Generator, Order = order, Limit = 1_000 }, CancellationToken.None);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            page.States.Select(state => $"{state.State} {state.BestAction}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Confidence_and_uncertainty_beyond_0_to_1_are_listed_as_the_nearest_of_these()
    {
        await Database.ExecuteInAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, confidence_score, uncertainty)
            select 'test-generator', 's', '1', 'a' || n, '1', n, c, c
            from unnest(array[null, 'NaN', 5, -5, 0.25]::numeric[]) with ordinality as v (c, n)
            """);
        var page = await Pages.ReadQValuesAsync(new QValueQuery { AgentType = Generator, Limit = 10 }, CancellationToken.None);
        Assert.Equal(
            [(0.5, 0.5), (1, 1), (1, 1), (0, 0), (0.25, 0.25)],
            page.QValues.Select(listed => (listed.Value.Confidence, listed.Value.Uncertainty)));
    }

    // As memory has them: an agent that asks for the same state sees the same.
    [Fact]
    public async Task Counts_of_visits_below_0_or_null_are_listed_as_0()
    {
        await Database.ExecuteInAsync("""
            alter table q_values alter visit_count drop not null, alter q_value drop not null, alter state_data drop not null,
                alter action_data drop not null;
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value, visit_count)
            values ('test-generator', 's1', '1', 'a', '1', 1, -5), ('test-generator', 's1', '1', 'b', '1', 2, 3),
                   ('test-generator', 's2', null, 'a', null, 1, null), ('test-generator', 's3', '1', 'a', '1', null, 1)
            """);
        foreach (var order in Enum.GetValues<StateOrder>())
        {
            var states = await Pages.ReadStatesAsync(
                new StateQuery { AgentType = Generator, Order = order, Limit = 10 }, CancellationToken.None);
            Assert.Equal([("s1", 3L), ("s2", 0L)], states.States.Select(state => ($"{state.State}", state.Visits)).Order());
        }

        var query = new QValueQuery { AgentType = Generator, Order = QValueOrder.LeastVisited, Limit = 1 };
        var listed = new List<(string, string, int)>();
        for (QValuePage? page = null; page is null || page.Next is not null; query = query with { After = page.Next })
        {
            page = await Pages.ReadQValuesAsync(query, CancellationToken.None);
            listed.AddRange(page.QValues.Select(value => ($"{value.State}", value.Value.ActionJson, value.Value.VisitCount)));
        }

        Assert.Equal([("s1", "1", 0), ("s2", "\"a\"", 0), ("s1", "1", 3)], listed);
    }
}
