using CsCheck;
using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Merging;

namespace QLearning.Client.Tests.Merging;

/// <summary>Calls that are made while others are under way go together; everybody gets his own answer.</summary>
public sealed class CallMergerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(int[] Requests, TaskCompletionSource<string[]> Answer)> _sent = [];

    [Fact]
    public async Task A_lone_caller_is_sent_at_once()
    {
        using var merger = Create(maxUnderWay: 2);
        var call = merger.CallAsync(1);
        Assert.Equal([1], Assert.Single(_sent).Requests);
        Answer(0);
        Assert.Equal("1", await call);
        Assert.Equal(0, merger.WeightWaiting);
    }

    [Fact]
    public async Task Who_comes_while_calls_are_under_way_goes_with_the_next_in_the_order_of_coming()
    {
        using var merger = Create(maxUnderWay: 2);
        var calls = Enumerable.Range(1, 5).Select(merger.CallAsync).ToArray();
        Assert.Equal([[1], [2]], _sent.Select(sent => sent.Requests));
        Assert.Equal(3, merger.WeightWaiting);
        Answer(0);
        await calls[0];
        await SendsAsync(2, [3, 4, 5]);
        Answer(1);
        Answer(2);
        Assert.Equal(["1", "2", "3", "4", "5"], await Task.WhenAll(calls));
        Assert.Equal(0, merger.WeightWaiting);
    }

    [Fact]
    public async Task A_call_takes_no_more_than_it_may_and_the_rest_goes_with_the_one_after_it()
    {
        using var merger = Create(maxUnderWay: 1, maxWeight: 3);
        var calls = Enumerable.Range(1, 6).Select(merger.CallAsync).ToArray();
        Answer(0);
        await SendsAsync(1, [2, 3, 4]);
        Answer(1);
        await SendsAsync(2, [5, 6]);
        Answer(2);
        Assert.Equal(6, (await Task.WhenAll(calls)).Length);
    }

    [Fact]
    public async Task No_caller_waits_long_for_a_call_that_does_not_return()
    {
        using var merger = Create(maxUnderWay: 1);
        var lost = merger.CallAsync(1);
        var call = merger.CallAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await SendsAsync(1, [2]);
        Answer(1);
        Assert.Equal("2", await call);
        Assert.False(lost.IsCompleted);
        Answer(0);
        Assert.Equal("1", await lost);
    }

    [Fact]
    public async Task Only_the_request_that_is_wrong_is_refused()
    {
        using var merger = Create(maxUnderWay: 1);
        var first = merger.CallAsync(1);
        var good = merger.CallAsync(2);
        var bad = merger.CallAsync(3);
        Answer(0);
        await first;
        await SendsAsync(1, [2, 3]);
        var refusal = InvalidInputException.For("request", 3, "it is odd", "2");
        _sent[1].Answer.SetException(refusal);
        await SendsAsync(2, [2]);
        await SendsAsync(3, [3]);
        Answer(2);
        _sent[3].Answer.SetException(refusal);
        Assert.Equal("2", await good);
        Assert.Same(refusal, await Assert.ThrowsAsync<InvalidInputException>(() => bad));
    }

    [Fact]
    public async Task An_error_of_the_call_is_everybodys_and_the_next_call_goes_on()
    {
        using var merger = Create(maxUnderWay: 1);
        var first = merger.CallAsync(1);
        Task<string>[] together = [merger.CallAsync(2), merger.CallAsync(3)];
        Answer(0);
        await first;
        await SendsAsync(1, [2, 3]);
        _sent[1].Answer.SetException(new StorageUnavailableException("away"));
        foreach (var call in together)
        {
            Assert.Equal("away", (await Assert.ThrowsAsync<StorageUnavailableException>(() => call)).Message);
        }

        var later = merger.CallAsync(4);
        await SendsAsync(2, [4]);
        Answer(2);
        Assert.Equal("4", await later);
    }

    [Fact]
    public async Task Each_of_many_callers_at_once_gets_his_own_answer() => await Gen.Int[0, 1000].Array[1, 200].SampleAsync(
        async requests =>
        {
            using var merger = new CallMerger<int, string>(
                async request => (await SlowAsync([request]))[0],
                SlowAsync,
                _ => 1,
                maxWeight: 7,
                maxUnderWay: 3,
                _ => { },
                TimeProvider.System);
            var answers = await Task.WhenAll(requests.Select(request => Task.Run(() => merger.CallAsync(request))));
            Assert.Equal(requests.Select(request => $"{request}"), answers);
            Assert.Equal(0, merger.WeightWaiting);

            static async Task<string[]> SlowAsync(IReadOnlyList<int> requests)
            {
                await Task.Yield();
                Assert.InRange(requests.Count, 1, 7);
                return [.. requests.Select(request => $"{request}")];
            }
        },
        iter: 50);

    private CallMerger<int, string> Create(int maxUnderWay, int maxWeight = 100) =>
        new(async request => (await SendAsync([request]))[0], SendAsync, _ => 1, maxWeight, maxUnderWay, _ => { }, _time);

    private Task<string[]> SendAsync(IReadOnlyList<int> requests)
    {
        var answer = new TaskCompletionSource<string[]>();
        lock (_sent)
        {
            _sent.Add(([.. requests], answer));
        }

        return answer.Task;
    }

    private void Answer(int call) => _sent[call].Answer.SetResult([.. _sent[call].Requests.Select(request => $"{request}")]);

    private async Task SendsAsync(int call, int[] requests)
    {
        await Eventually.Holds(() => Task.FromResult(_sent.Count > call), $"call {call} to be sent");
        Assert.Equal(requests, _sent[call].Requests);
    }
}
