using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>The rhythm of a lane: what shares a transaction, and how long it pauses after failures.</summary>
public sealed class WriteLaneTests : WriteLaneTest
{
    [Fact]
    public async Task All_that_was_handed_in_while_a_transaction_ran_shares_the_next()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var first = lane.WriteAsync(1);
        var running = await Writer.NextAsync();
        Task<string>[] others = [lane.WriteAsync(2), lane.WriteAsync(3), lane.WriteAsync(4)];
        running.Succeed();
        var second = await Writer.NextAsync();
        Assert.Equal([1], running.Items);
        Assert.Equal([2, 3, 4], second.Items);
        Assert.Equal("written 1", await first);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        second.Succeed();
        Assert.Equal(["written 2", "written 3", "written 4"], await Task.WhenAll(others));
    }

    [Fact]
    public async Task A_transaction_that_is_large_enough_takes_no_more_items()
    {
        await using var lane = Lane(new WriteBehindOptions { MaxRowsPerTransaction = 10 });
        var first = lane.WriteAsync(1);
        var running = await Writer.NextAsync();
        Task<string>[] others = [lane.WriteAsync(6), lane.WriteAsync(4), lane.WriteAsync(1), lane.WriteAsync(12), lane.WriteAsync(1)];
        running.Succeed();
        Assert.Equal([[6, 4], [1], [12], [1]], await TakenAsync(4));
        await Task.WhenAll([first, .. others]);
    }

    [Fact]
    public async Task Bytes_bound_a_transaction_as_rows_do()
    {
        Writer.BytesPerRow = 1000;
        await using var lane = Lane(new WriteBehindOptions { MaxBytesPerTransaction = 10_000 });
        Task<string>[] written =
            [await BlockWithAsync(lane, 1), lane.WriteAsync(6), lane.WriteAsync(5), lane.WriteAsync(5), lane.WriteAsync(11)];
        Assert.Equal([[6], [5, 5], [11]], await TakenAsync(3));
        await Task.WhenAll(written);
    }

    [Fact]
    public async Task Pauses_double_up_to_the_longest_one()
    {
        await using var lane = Lane(new WriteBehindOptions
        {
            MinRetryDelay = TimeSpan.FromMilliseconds(50),
            MaxRetryDelay = TimeSpan.FromMilliseconds(300),
        });
        var written = lane.WriteAsync(1);
        for (var failure = 1; failure <= 5; failure++)
        {
            (await Writer.NextAsync()).Fail(new NpgsqlException("away"));
            await Time.AdvanceThroughNextAsync(failure);
        }

        (await Writer.NextAsync()).Succeed();
        Assert.Equal("written 1", await written);
        Assert.Equal([50, 100, 200, 300, 300], Time.Waits.Select(wait => wait.TotalMilliseconds));
        Assert.Equal(5, Log.Collector.GetSnapshot().Count(entry => entry is { Id.Id: 2001, Level: LogLevel.Warning }));
    }

    [Fact]
    public async Task After_a_success_the_pauses_are_short_again()
    {
        await using var lane = Lane(new WriteBehindOptions { MinRetryDelay = TimeSpan.FromSeconds(1) });
        for (var item = 1; item <= 2; item++)
        {
            var written = lane.WriteAsync(item);
            (await Writer.NextAsync()).Fail(new TimeoutException());
            await Time.AdvanceThroughNextAsync(item);
            (await Writer.NextAsync()).Succeed();
            await written;
        }

        Assert.Equal([1, 1], Time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task What_is_found_stored_after_a_lost_answer_is_not_written_again()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(1), lane.WriteAsync(2)];
        Writer.Stored = [1];
        (await Writer.NextAsync()).Fail(new NpgsqlException("answer lost", new IOException()));
        await Time.AdvanceThroughNextAsync(1);
        var retry = await Writer.NextAsync();
        Assert.Equal([2], retry.Items);
        retry.Succeed();
        Assert.Equal(["written 7", "found 1", "written 2"], await Task.WhenAll(written));
    }

    [Fact]
    public async Task What_postgres_itself_rolled_back_is_not_looked_for()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var written = lane.WriteAsync(1);
        Writer.Stored = [1];
        (await Writer.NextAsync()).Fail(new PostgresException("locked", "ERROR", "ERROR", PostgresErrorCodes.LockNotAvailable));
        await Time.AdvanceThroughNextAsync(1);
        (await Writer.NextAsync()).Succeed();
        Assert.Equal("written 1", await written);
    }

    [Fact]
    public async Task An_error_that_does_not_pass_ends_only_the_item_that_has_it()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(1), lane.WriteAsync(2), lane.WriteAsync(3)];
        (await Writer.NextAsync()).Fail(new InvalidOperationException("2 is bad"));
        (await Writer.NextAsync()).Succeed();
        (await Writer.NextAsync()).Fail(new InvalidOperationException("2 is bad"));
        (await Writer.NextAsync()).Succeed();
        Assert.Equal(["written 7", "written 1", "Refused: 2 is bad", "written 3"], await Task.WhenAll(written));
        Assert.Empty(Time.Waits);
    }

    [Fact]
    public async Task An_item_that_meets_a_lock_waits_by_itself_and_the_others_go_on()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 1), lane.WriteAsync(2), lane.WriteAsync(3)];
        (await Writer.NextAsync()).Fail(Locked());
        var alone = await Writer.NextAsync();
        Assert.Equal([2], alone.Items);
        alone.Fail(Locked());
        Assert.Equal([[3]], await TakenAsync(1));
        Task<string> later = lane.WriteAsync(4);
        Assert.Equal([[4]], await TakenAsync(1));
        await later;
        Assert.False(written[1].IsCompleted);
        await Time.AdvanceThroughNextAsync(1);
        Assert.Equal([[2]], await TakenAsync(1));
        Assert.Equal(["written 1", "written 2", "written 3"], await Task.WhenAll(written));
    }

    [Fact]
    public async Task What_the_owner_of_an_item_that_met_a_lock_hands_in_waits_beside_it_and_is_tried_together()
    {
        Writer.Owner = item => item < 10 ? "held" : "free";
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 1), lane.WriteAsync(2), lane.WriteAsync(3), lane.WriteAsync(20)];
        (await Writer.NextAsync()).Fail(Locked());
        (await Writer.NextAsync()).Fail(Locked());
        Assert.Equal([[20]], await TakenAsync(1));
        Task<string>[] later = [lane.WriteAsync(4), lane.WriteAsync(30)];
        Assert.Equal([[30]], await TakenAsync(1));
        await later[1];
        Assert.False(later[0].IsCompleted);
        await Time.AdvanceThroughNextAsync(1);
        Assert.Equal([[2], [3, 4]], await TakenAsync(2));
        await Task.WhenAll([.. written, .. later]);
    }

    [Fact]
    public async Task After_a_refusal_too_the_items_of_an_owner_wait_together_for_a_lock()
    {
        Writer.Owner = item => item < 10 ? "held" : "free";
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 1), lane.WriteAsync(2), lane.WriteAsync(3), lane.WriteAsync(20)];
        (await Writer.NextAsync()).Fail(new InvalidOperationException("one of them is bad"));
        var alone = await Writer.NextAsync();
        Assert.Equal([2], alone.Items);
        alone.Fail(Locked());
        Assert.Equal([[20]], await TakenAsync(1));
        await Time.AdvanceThroughNextAsync(1);
        Assert.Equal([[2], [3]], await TakenAsync(2));
        await Task.WhenAll(written);
    }

    [Fact]
    public async Task An_item_whose_statement_ran_out_of_time_waits_by_itself_and_the_others_go_on()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var slow = lane.WriteAsync(1000);
        (await Writer.NextAsync()).Fail(new PostgresException("too long", "ERROR", "ERROR", PostgresErrorCodes.QueryCanceled));
        var other = lane.WriteAsync(2);
        Assert.Equal([[2]], await TakenAsync(1));
        await other;
        Assert.False(slow.IsCompleted);
        await Time.AdvanceThroughNextAsync(1);
        Assert.Equal([[1000]], await TakenAsync(1));
        Assert.Equal("written 1000", await slow);
    }

    [Fact]
    public async Task An_item_that_a_lock_holds_up_counts_as_the_oldest_wait_and_is_tried_once_more_at_the_stop()
    {
        var lane = Lane(new WriteBehindOptions());
        var written = lane.WriteAsync(1);
        (await Writer.NextAsync()).Fail(Locked());
        await Eventually.Holds(() => Time.Waits.Count == 1, "it is set aside");
        Time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(20), lane.OldestWait);
        var stopping = lane.DisposeAsync();
        Assert.Equal([[1]], await TakenAsync(1));
        Assert.Equal("written 1", await written);
        await stopping;
    }

    private static PostgresException Locked() =>
        new("canceling statement due to lock timeout", "ERROR", "ERROR", PostgresErrorCodes.LockNotAvailable);
}
