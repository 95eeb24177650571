using Microsoft.Extensions.Logging;
using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>
/// What fails passingly is made smaller and tried again; whatever else is thrown reaches the waiters, and the lane goes on.
/// </summary>
public sealed class LaneFailureTests : WriteLaneTest
{
    private static readonly NpgsqlException _timeout = new("Exception while reading from stream", new TimeoutException());

    [Fact]
    public async Task A_transaction_that_took_too_long_is_halved_and_the_rest_follows_as_small()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), .. Enumerable.Range(1000, 5).Select(lane.WriteAsync)];
        (await Writer.NextAsync()).Fail(_timeout);
        await Time.AdvanceThroughNextAsync(1);
        (await Writer.NextAsync()).Fail(_timeout);
        await Time.AdvanceThroughNextAsync(2);
        Assert.Equal([[1000, 1001], [1002], [1003], [1004]], await TakenAsync(4));
        var outcomes = await Task.WhenAll(written);
        Assert.Equal(["written 7", .. Enumerable.Range(1000, 5).Select(item => $"written {item}")], outcomes);
    }

    [Fact]
    public async Task A_single_item_is_written_by_smaller_statements_each_time_and_larger_ones_after_successes()
    {
        await using var lane = Lane(new WriteBehindOptions { MaxRowsPerTransaction = 8000 });
        var written = lane.WriteAsync(20_000);
        var rows = new List<long>();
        for (var failure = 1; failure <= 3; failure++)
        {
            var attempt = await Writer.NextAsync();
            rows.Add(attempt.Statement.Rows);
            attempt.Fail(_timeout);
            await Time.AdvanceThroughNextAsync(failure);
        }

        for (var item = 1; item <= 40; item++)
        {
            var attempt = await Writer.NextAsync();
            rows.Add(attempt.Statement.Rows);
            attempt.Succeed();
            await written;
            written = lane.WriteAsync(item);
        }

        (await Writer.NextAsync()).Succeed();
        await written;
        Assert.Equal([8000, 4000, 2000, 1000, 1062, 1128], rows.Take(6));
        Assert.Equal(8000, rows[^1]);
    }

    [Fact]
    public async Task Statements_never_become_so_small_that_their_number_matters()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var written = lane.WriteAsync(1000);
        for (var failure = 1; failure <= 9; failure++)
        {
            (await Writer.NextAsync()).Fail(_timeout);
            await Time.AdvanceThroughNextAsync(failure);
        }

        var last = await Writer.NextAsync();
        last.Succeed();
        await written;
        Assert.Equal((256, 256 << 10), (last.Statement.Rows, last.Statement.Bytes));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_makes_nothing_smaller()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(1), lane.WriteAsync(2)];
        (await Writer.NextAsync()).Fail(new NpgsqlException("Failed to connect", new System.Net.Sockets.SocketException()));
        await Time.AdvanceThroughNextAsync(1);
        Assert.Equal([[1, 2]], await TakenAsync(1));
        await Task.WhenAll(written);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task A_lost_race_for_locks_is_run_again_at_once_some_times_and_then_pauses(string sqlState)
    {
        await using var lane = Lane(new WriteBehindOptions());
        var written = lane.WriteAsync(1);
        for (var race = 1; race <= 5; race++)
        {
            (await Writer.NextAsync()).Fail(new PostgresException("race", "ERROR", "ERROR", sqlState));
        }

        var sixth = await Writer.NextAsync();
        Assert.Empty(Time.Waits);
        sixth.Fail(new PostgresException("race", "ERROR", "ERROR", sqlState));
        await Time.AdvanceThroughNextAsync(1);
        (await Writer.NextAsync()).Succeed();
        Assert.Equal("written 1", await written);
        Assert.Equal([50], Time.Waits.Select(wait => wait.TotalMilliseconds));
    }

    [Fact]
    public async Task What_is_refused_again_when_its_good_rows_are_written_is_told_refused()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var refused = lane.WriteAsync(1);
        Writer.RefusedAgain = new PostgresException("again", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation);
        (await Writer.NextAsync()).Fail(new PostgresException("no", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation));
        Assert.StartsWith("Refused: ", await refused.WaitAsync(Eventually.DefaultDeadline), StringComparison.Ordinal);
        await AssertGoesOnAsync(lane);
    }

    [Fact]
    public async Task An_item_that_cannot_be_measured_holds_nothing_up()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Writer.Measured = item => item == 13 ? throw new ArgumentNullException(nameof(item)) : item;
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(13), lane.WriteAsync(2)];
        Assert.Equal([[13, 2]], await TakenAsync(1));
        await Task.WhenAll(written);
        await AssertGoesOnAsync(lane);
    }

    [Fact]
    public async Task A_log_that_throws_ends_neither_the_waiting_nor_the_lane()
    {
        await using var lane = Lane(new WriteBehindOptions(), new ThrowingLog());
        var waiting = lane.WriteAsync(1);
        (await Writer.NextAsync()).Fail(_timeout);
        Assert.Equal("Refused: disk full", await waiting.WaitAsync(Eventually.DefaultDeadline));
        await AssertGoesOnAsync(lane);
    }

    [Fact]
    public async Task A_lane_that_was_stopped_counts_as_running_because_no_caller_waits_for_it()
    {
        var lane = Lane(new WriteBehindOptions());
        await lane.DisposeAsync();
        Assert.True(lane.IsRunning);
    }

    private async Task AssertGoesOnAsync(WriteLane<int, string> lane)
    {
        Assert.True(lane.IsRunning);
        var next = lane.WriteAsync(5);
        (await Writer.NextAsync()).Succeed();
        Assert.Equal("written 5", await next);
    }

    private sealed class ThrowingLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("disk full");
    }
}
