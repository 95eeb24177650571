using QLearning.Storage.Status;

namespace QLearning.Storage.Tests.Status;

/// <summary>What is told of PostgreSQL.</summary>
public sealed class DatabaseStateReaderTests : DatabaseTest
{
    [Fact]
    public async Task Tables_views_and_indexes_of_the_project_are_told_with_their_sizes()
    {
        await Database.ExecuteInAsync("create table of_another_program (id int primary key)");
        var state = await new DatabaseStateReader(Database.DataSource).ReadAsync(CancellationToken.None);
        var names = state.Tables.Select(table => table.Name).ToArray();
        Assert.Contains("q_values", names);
        Assert.Contains("pattern_effectiveness", names);
        Assert.DoesNotContain("of_another_program", names);
        Assert.Contains(state.Indexes, index => index is { Table: "q_values", Name: "idx_q_values_lookup", Bytes: > 0 });
        Assert.True(state.Bytes > state.Tables.Sum(table => table.Bytes));
    }

    [Fact]
    public async Task Updates_are_told_by_whether_an_index_had_to_be_touched()
    {
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '{}', 'a', '{}', 1)");
        await Database.ExecuteInAsync("select upsert_q_value('test-generator', 's', '{}', 'a', '{}', 2)");
        var reader = new DatabaseStateReader(Database.DataSource);
        TableState? table = null;
        // Each session hands its statistics in when it has been idle for a moment.
        await Eventually.Holds(
            async () =>
            {
                table = (await reader.ReadAsync(CancellationToken.None)).Tables.Single(one => one.Name == "q_values");
                return table is { Updated: 1, HotUpdated: 1, Live: 1 };
            },
            "the statistics of an update");
        Assert.True(table!.Bytes > 0);
    }

    [Fact]
    public async Task The_oldest_open_transaction_counts_and_the_readers_own_does_not()
    {
        var reader = new DatabaseStateReader(Database.DataSource);
        Assert.Equal(TimeSpan.Zero, (await reader.ReadAsync(CancellationToken.None)).OldestTransaction);
        await using var other = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "select 1";
        await command.ExecuteScalarAsync();
        var state = await reader.ReadAsync(CancellationToken.None);
        Assert.InRange(state.OldestTransaction, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.InRange(state.Connections, 2, state.MaxConnections);
    }
}
