using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>The states of a table are listed page by page, each once.</summary>
public sealed class StatePageTests : DatabaseTest
{
    private const int States = 6_000;

    private QTableReader Reader => new(Database.DataSource);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.ExecuteInAsync($"""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data)
            select t, 'S' || s, '1', a, '1'
            from unnest(array['test-generator', 'quality-gate']) t cross join generate_series(1, {States}) s
            cross join unnest(array['a', 'b']) a
            """);
    }

    [Fact]
    public async Task Every_state_is_on_one_page()
    {
        var (states, pages) = await ListAsync(TablePartition.Whole("test-generator"));
        Assert.Equal((States, 2), (states.Count, pages));
        Assert.Equal(States, states.Distinct().Count());
    }

    [Fact]
    public async Task Every_state_is_listed_for_the_part_that_owns_it()
    {
        var all = new List<StateKey>();
        for (var index = 0; index < 3; index++)
        {
            var partition = new TablePartition("quality-gate", index, 3);
            var (states, _) = await ListAsync(partition);
            Assert.All(states, state => Assert.True(partition.Owns(state)));
            all.AddRange(states);
        }

        Assert.Equal(States, all.Distinct().Count());
    }

    [Fact]
    public async Task A_type_without_rows_has_one_empty_page()
    {
        var (states, pages) = await ListAsync(TablePartition.Whole("chaos-engineer"));
        Assert.Equal((0, 1), (states.Count, pages));
    }

    private async Task<(List<StateKey> States, int Pages)> ListAsync(TablePartition partition)
    {
        var (states, pages) = (new List<StateKey>(), 0);
        for (string? after = string.Empty; after is not null; pages++)
        {
            var page = await Reader.ListStatesAsync(partition, after, CancellationToken.None);
            states.AddRange(page.States);
            after = page.Last;
        }

        return (states, pages);
    }
}
