using Microsoft.Extensions.Options;
using QLearning.Client.Connection;

namespace QLearning.Client.Tests.Connection;

/// <summary>What a call does with the errors of a cluster that is coming and going.</summary>
public sealed class ClusterCallsTests : IDisposable
{
    private readonly ClusterCalls _calls = new(
        Options.Create(new QLearningClientOptions { RetryFor = TimeSpan.FromSeconds(20) }), TimeProvider.System);

    public static TheoryData<string, Exception> Passing() => new()
    {
        { "no silo knows the grain yet", new OrleansException("No active nodes are compatible with grain agenttype") },
        { "the silo was lost", new SiloUnavailableException("lost") },
        { "no answer", new TimeoutException() },
        { "an older activation", new FencedException("lost its rows") },
        { "no silo found in time", new OperationCanceledException("Message expired before placement could complete for grain agenttype") },
    };

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task Only_a_client_that_was_disposed_of_says_so_and_not_one_whose_silo_disposed_of_something()
    {
        var error = new ObjectDisposedException("something");
        ValueTask<int> Call() => throw error;

        Assert.Same(error, await Assert.ThrowsAsync<ObjectDisposedException>(
            () => _calls.RepeatableAsync("answer", Call, CancellationToken.None)));

        _calls.Dispose();
        Assert.Same(error, (await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => _calls.RepeatableAsync("answer", Call, CancellationToken.None))).InnerException);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_call_that_does_no_harm_twice_is_repeated(string reason, Exception error)
    {
        var tries = 0;
        var answer = await _calls.RepeatableAsync(
            "answer", () => ++tries < 3 ? throw error : ValueTask.FromResult(reason), CancellationToken.None);
        Assert.Equal((reason, 3), (answer, tries));
    }

    [Fact]
    public async Task A_call_that_must_run_once_is_not_repeated_when_its_silo_is_lost()
    {
        var tries = 0;
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => _calls.OnceAsync<int>(
            "register it", () => throw new SiloUnavailableException($"try {++tries}"), CancellationToken.None));
        Assert.Equal(1, tries);
        Assert.Contains("it is not known whether it took effect", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_turned_away_is_repeated_even_if_it_must_run_once()
    {
        var tries = 0;
        Assert.Equal(2, await _calls.OnceAsync(
            "register it",
            () => ++tries < 2 ? throw new FencedException("lost its rows") : ValueTask.FromResult(tries),
            CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_that_is_refused_says_that_nothing_was_done_unless_a_try_before_was_not_answered(bool isAnswered)
    {
        var tries = 0;
        Exception before = isAnswered ? new FencedException("lost its rows") : new TimeoutException();
        var unknown = UnknownAgentTypeException.For("test-generator");
        var call = () => _calls.RepeatableChangeAsync<int>(
            "delete it", () => throw (++tries < 2 ? before : unknown), CancellationToken.None);
        if (isAnswered)
        {
            Assert.Same(unknown, await Assert.ThrowsAsync<UnknownAgentTypeException>(call));
        }
        else
        {
            var error = await Assert.ThrowsAsync<ClusterUnavailableException>(call);
            Assert.Contains("A try to delete it was not answered and may have taken effect", error.Message, StringComparison.Ordinal);
            Assert.Contains(unknown.Message, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, tries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_backlog_says_that_nothing_was_done_unless_a_try_before_was_not_answered(bool isAnswered)
    {
        var tries = 0;
        var full = new WriteBacklogFullException("test-generator", 1, 1, TimeSpan.FromSeconds(1));
        Exception? before = isAnswered ? new FencedException("lost its rows") : new TimeoutException();
        var call = () => _calls.RepeatableAsync<int>("store it", () => throw (++tries < 2 ? before : full), CancellationToken.None);
        if (isAnswered)
        {
            Assert.Same(full, await Assert.ThrowsAsync<WriteBacklogFullException>(call));
        }
        else
        {
            var error = await Assert.ThrowsAsync<ClusterUnavailableException>(call);
            Assert.Contains("may have taken effect", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, tries);
    }

    [Theory]
    [InlineData(false, "in time: no way to it. Is")]
    [InlineData(true, "in time: none answered. Is")]
    public async Task When_the_time_is_over_the_reason_of_the_last_try_that_failed_is_told(bool isUnanswered, string told)
    {
        var calls = new ClusterCalls(
            Options.Create(new QLearningClientOptions { RetryFor = TimeSpan.FromSeconds(1) }), TimeProvider.System);
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => calls.RepeatableAsync<int>(
            "answer", () => throw (isUnanswered ? new TimeoutException() : new OrleansException("no way to it.")), CancellationToken.None));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_its_caller_cancels_ends_as_cancelled_while_it_waits_and_while_it_is_repeated()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _calls.RepeatableAsync("answer", () => new ValueTask<int>(new TaskCompletionSource<int>().Task), cancel.Token);
        var repeating = _calls.RepeatableAsync<int>("answer", () => throw new TimeoutException(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repeating);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 2)]
    public async Task A_call_that_its_caller_cancels_while_a_try_fails_ends_as_cancelled(int retrySeconds, int cancelledTry)
    {
        var calls = new ClusterCalls(
            Options.Create(new QLearningClientOptions { RetryFor = TimeSpan.FromSeconds(retrySeconds) }), TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var tries = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls.RepeatableAsync<int>("answer", FailAsync, cancel.Token));
        Assert.Equal(cancelledTry, tries);

        ValueTask<int> FailAsync()
        {
            if (++tries == cancelledTry)
            {
                cancel.Cancel();
            }

            throw new TimeoutException();
        }
    }

    [Fact]
    public async Task Errors_of_the_caller_are_told_at_once()
    {
        var tries = 0;
        await Assert.ThrowsAsync<InvalidInputException>(() => _calls.RepeatableAsync<int>(
            "answer", () => throw InvalidInputException.For("state", ++tries, "it is wrong", "another"), CancellationToken.None));
        Assert.Equal(1, tries);
    }
}
