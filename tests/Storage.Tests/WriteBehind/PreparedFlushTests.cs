using Npgsql;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A flush is the same statement each time, so PostgreSQL plans it once for a connection.</summary>
public sealed class PreparedFlushTests : QTableTest
{
    [Fact]
    public async Task A_connection_prepares_the_flush_once()
    {
        await using var one = NpgsqlDataSource.Create(Database.ConnectionString + ";Maximum Pool Size=1");
        await using var pump = new PumpUnderTest(one);
        var epoch = await TakeAsync(Generator);
        for (var flush = 1; flush <= 3; flush++)
        {
            await pump.WriteAsync(Writes.Batch(Generator, epoch, flush, Writes.Insert($"s{flush}")));
        }

        Assert.Equal(["1"], await RowsAsync(one, "select count(*) from pg_prepared_statements where statement like '%q_table_owners%'"));
        Assert.Equal(3, await Database.QueryAsync<long>("select count(*) from q_values"));
    }
}
