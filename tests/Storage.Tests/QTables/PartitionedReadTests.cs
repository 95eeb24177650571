using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.QTables;

/// <summary>SQL and the cluster agree on which partition a state belongs to.</summary>
public sealed class PartitionedReadTests : DatabaseTest
{
    private static readonly string[] _keys =
    [
        "a", "abc", "s1", "é", "字", new string('x', 64), new string('0', 64), new string('f', 64), new string('F', 64), new string('a', 63),
        .. Enumerable.Range(0, 200).Select(i => StateKey.FromJson($"{i}").ToString()),
        .. Enumerable.Range(0, 200).Select(i => $"state-{i}"),
    ];

    private QTableReader Reader => new(Database.DataSource);

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task A_state_is_in_the_same_partition_for_both(int count)
    {
        await FillAsync();
        var bySql = await RowsAsync($"select state_hash, q_partition(state_hash, {count}) from q_values order by q_value_id");
        Assert.Equal(_keys.Select(key => $"{key}|{TablePartition.IndexOf(StateKey.Parse(key), count)}"), bySql);
    }

    [Fact]
    public async Task The_partitions_together_are_the_table()
    {
        await FillAsync();
        var all = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            var partition = new TablePartition(Generator, index, 5);
            var states = new List<StateKey>();
            await Reader.LoadAllAsync(partition, row => states.Add(row.State), CancellationToken.None);
            Assert.All(states, state => Assert.True(partition.Owns(state)));
            Assert.True(await Reader.HasMoreStatesThanAsync(partition, states.Count - 1, CancellationToken.None));
            Assert.False(await Reader.HasMoreStatesThanAsync(partition, states.Count, CancellationToken.None));
            all.AddRange(states.Select(state => state.ToString()));
        }

        Assert.Equal(_keys.Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
    }

    private async Task FillAsync()
    {
        await using var command = Database.DataSource.CreateCommand("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select 'test-generator', key, '1', 'a1', '1', 1 from unnest($1) with ordinality as k (key, at) order by at
            """);
        command.Parameters.AddWithValue(_keys);
        await command.ExecuteNonQueryAsync();
    }
}
