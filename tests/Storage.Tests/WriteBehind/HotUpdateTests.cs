using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Updating known rows touches no index (a HOT update), which makes flushes cheap.</summary>
public sealed class HotUpdateTests : QTableTest
{
    private const int Rows = 500;

    private NpgsqlDataSource One { get; set; } = null!;

    private PumpUnderTest PumpOfOne { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();

        // One connection: a backend tells only its own statistics at once.
        One = NpgsqlDataSource.Create(Database.ConnectionString + ";Maximum Pool Size=1");
        await Database.ExecuteInAsync("alter table q_values set (autovacuum_enabled = off)");
        PumpOfOne = new PumpUnderTest(One);
    }

    public override async Task DisposeAsync()
    {
        await PumpOfOne.DisposeAsync();
        await One.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Updates_that_leave_the_expiry_alone_are_hot()
    {
        var (updated, hot) = await UpdateSomeAsync(null);
        Assert.Equal(Rows / 5, updated);
        Assert.Equal(Rows / 5, hot);
    }

    [Fact]
    public async Task Updates_that_move_the_expiry_write_the_indexes()
    {
        var (updated, hot) = await UpdateSomeAsync(new DateTimeOffset(2091, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(Rows / 5, updated);
        Assert.Equal(0, hot);
    }

    [Fact]
    public async Task Flushes_that_update_every_row_again_and_again_find_room()
    {
        const int Flushes = 6;
        var epoch = await TakeAsync(Generator);
        var inserts = Enumerable.Range(0, Rows).Select(i => Writes.Insert($"s{i}"));
        var ids = (await PumpOfOne.WriteAsync(Writes.Batch(Generator, epoch, 1, [.. inserts]))).RowIds;
        for (var flush = 2; flush < 2 + Flushes; flush++)
        {
            await OlderTransactionsAsync();
            await PumpOfOne.WriteAsync(Writes.Batch(Generator, epoch, flush, [.. ids.Select(id => Updated(id, flush))]));
        }

        var (updated, hot) = await CountAsync();
        Assert.Equal(Flushes * Rows, updated);
        // At fill factor 70 it was less than a half.
        Assert.InRange(hot, 0.75 * updated, updated);
    }

    private static QChange Updated(KeyValuePair<int, long> row, int value, DateTimeOffset? expires = null) =>
        Writes.Update(row.Value, value, state: $"s{row.Key}", expires: expires);

    /// <summary>Updates every fifth row at once: the pages have room for so many new versions.</summary>
    private async Task<(long Updated, long Hot)> UpdateSomeAsync(DateTimeOffset? expires)
    {
        var epoch = await TakeAsync(Generator);
        var inserts = Enumerable.Range(0, Rows)
            .Select(i => Writes.Insert($"s{i}", expires: new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var ids = (await PumpOfOne.WriteAsync(Writes.Batch(Generator, epoch, 1, [.. inserts]))).RowIds;
        var updates = ids.Where(id => id.Key % 5 == 0).Select(id => Updated(id, 3, expires));
        Assert.Equal(FlushStatus.Written, (await PumpOfOne.WriteAsync(Writes.Batch(Generator, epoch, 2, [.. updates]))).Status);
        return await CountAsync();
    }

    /// <summary>
    /// Returns when every transaction of the server that began before this call has ended: one that stays open, in whatever database, keeps
    /// the old row versions in their places.
    /// </summary>
    private async Task OlderTransactionsAsync()
    {
        var own = Assert.Single(await RowsAsync(One, "select pg_current_xact_id()::text"));
        await Eventually.Holds(
            async () => (await RowsAsync(One, $"select pg_snapshot_xmin(pg_current_snapshot()) > '{own}'::xid8"))[0] == "true",
            "the older transactions of the server to end");
    }

    private async Task<(long Updated, long Hot)> CountAsync()
    {
        await RowsAsync(One, "select pg_stat_force_next_flush()");
        var counts = await RowsAsync(One, "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'q_values'");
        var numbers = Assert.Single(counts).Split('|');
        return (
            long.Parse(numbers[0], System.Globalization.CultureInfo.InvariantCulture),
            long.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
