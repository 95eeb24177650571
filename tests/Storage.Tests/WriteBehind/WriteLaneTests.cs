using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>The rhythm of a lane: what shares a transaction, and how long it pauses after failures.</summary>
public sealed class WriteLaneTests : IDisposable
{
    private readonly OwnMeters _meters = new();
    private readonly FakeLogger _log = new();
    private readonly TimersSeen _time = new();
    private readonly ScriptedWriter _writer = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task All_that_was_handed_in_while_a_transaction_ran_shares_the_next()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var first = lane.WriteAsync(1);
        var running = await _writer.NextAsync();
        Task<string>[] others = [lane.WriteAsync(2), lane.WriteAsync(3), lane.WriteAsync(4)];
        running.Succeed();
        var second = await _writer.NextAsync();
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
        var running = await _writer.NextAsync();
        Task<string>[] others = [lane.WriteAsync(6), lane.WriteAsync(5), lane.WriteAsync(12), lane.WriteAsync(1)];
        running.Succeed();
        var taken = new List<int[]>();
        for (var i = 0; i < 3; i++)
        {
            var attempt = await _writer.NextAsync();
            taken.Add(attempt.Items);
            attempt.Succeed();
        }

        await Task.WhenAll([first, .. others]);
        Assert.Equal([[6, 5], [12], [1]], taken);
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
            (await _writer.NextAsync()).Fail(new NpgsqlException("away"));
            await _time.AdvanceThroughNextAsync(failure);
        }

        (await _writer.NextAsync()).Succeed();
        Assert.Equal("written 1", await written);
        Assert.Equal([50, 100, 200, 300, 300], _time.Waits.Select(wait => wait.TotalMilliseconds));
        Assert.Equal(5, _log.Collector.GetSnapshot().Count(entry => entry is { Id.Id: 2001, Level: LogLevel.Warning }));
    }

    [Fact]
    public async Task After_a_success_the_pauses_are_short_again()
    {
        await using var lane = Lane(new WriteBehindOptions { MinRetryDelay = TimeSpan.FromSeconds(1) });
        for (var item = 1; item <= 2; item++)
        {
            var written = lane.WriteAsync(item);
            (await _writer.NextAsync()).Fail(new TimeoutException());
            await _time.AdvanceThroughNextAsync(item);
            (await _writer.NextAsync()).Succeed();
            await written;
        }

        Assert.Equal([1, 1], _time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task What_is_found_stored_after_a_lost_answer_is_not_written_again()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(1), lane.WriteAsync(2)];
        _writer.Stored = [1];
        (await _writer.NextAsync()).Fail(new NpgsqlException("answer lost", new IOException()));
        await _time.AdvanceThroughNextAsync(1);
        var retry = await _writer.NextAsync();
        Assert.Equal([2], retry.Items);
        retry.Succeed();
        Assert.Equal(["written 7", "found 1", "written 2"], await Task.WhenAll(written));
    }

    [Fact]
    public async Task What_postgres_itself_rolled_back_is_not_looked_for()
    {
        await using var lane = Lane(new WriteBehindOptions());
        var written = lane.WriteAsync(1);
        _writer.Stored = [1];
        (await _writer.NextAsync()).Fail(new PostgresException("deadlock", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected));
        await _time.AdvanceThroughNextAsync(1);
        (await _writer.NextAsync()).Succeed();
        Assert.Equal("written 1", await written);
    }

    [Fact]
    public async Task An_error_that_does_not_pass_ends_only_the_item_that_has_it()
    {
        await using var lane = Lane(new WriteBehindOptions());
        Task<string>[] written = [await BlockWithAsync(lane, 7), lane.WriteAsync(1), lane.WriteAsync(2), lane.WriteAsync(3)];
        (await _writer.NextAsync()).Fail(new InvalidOperationException("2 is bad"));
        (await _writer.NextAsync()).Succeed();
        (await _writer.NextAsync()).Fail(new InvalidOperationException("2 is bad"));
        (await _writer.NextAsync()).Succeed();
        Assert.Equal(["written 7", "written 1", "Refused: 2 is bad", "written 3"], await Task.WhenAll(written));
        Assert.Empty(_time.Waits);
    }

    /// <summary>Hands in an item and, once it has been written, leaves the lane with all that the caller hands in next in one transaction.</summary>
    private async Task<Task<string>> BlockWithAsync(WriteLane<int, string> lane, int item)
    {
        var first = lane.WriteAsync(item);
        var running = await _writer.NextAsync();
        _writer.OnNext = running.Succeed;
        return first;
    }

    private WriteLane<int, string> Lane(WriteBehindOptions options) => new(_writer, options, new FlushInstruments(_meters), _log, _time);

    private sealed record Attempt(int[] Items, TaskCompletionSource<string[]> End)
    {
        public void Succeed() => End.SetResult([.. Items.Select(item => FormattableString.Invariant($"written {item}"))]);

        public void Fail(Exception error) => End.SetException(error);
    }

    /// <summary>Items are numbers, worth as many rows; each attempt ends as the test says.</summary>
    private sealed class ScriptedWriter : ILaneWriter<int, string>
    {
        private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

        public string Kind => "numbers";

        public HashSet<int> Stored { get; set; } = [];

        /// <summary>Runs when the test next asks for an attempt.</summary>
        public Action? OnNext { get; set; }

        public int CountRows(int item) => item;

        public string NameOwner(int item) => "number";

        public bool IsFenced(string outcome) => false;

        public string Fail(FlushStatus status, Exception error) => $"{status}: {error.Message}";

        public Task<string[]> WriteAsync(IReadOnlyList<int> items, CancellationToken cancellationToken)
        {
            var attempt = new Attempt([.. items], new(TaskCreationOptions.RunContinuationsAsynchronously));
            _attempts.Writer.TryWrite(attempt);
            return attempt.End.Task;
        }

        public Task<string?> WriteWithoutRefusedAsync(int item, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<string?[]> FindStoredAsync(IReadOnlyList<int> items, CancellationToken cancellationToken) =>
            Task.FromResult<string?[]>([.. items.Select(item => Stored.Contains(item) ? FormattableString.Invariant($"found {item}") : null)]);

        public async Task<Attempt> NextAsync()
        {
            OnNext?.Invoke();
            OnNext = null;
            return await _attempts.Reader.ReadAsync().AsTask().WaitAsync(Eventually.DefaultDeadline);
        }
    }
}
