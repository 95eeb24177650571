using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Merging;

namespace QLearning.Client.Tests.Merging;

/// <summary>To which traces a call belongs that is made for several callers.</summary>
public sealed class MergedSpanTests : IDisposable
{
    private readonly ActivitySource _callers = new(Guid.NewGuid().ToString());
    private readonly ActivityListener _listener;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Activity?> _sentIn = [];
    private readonly List<int> _merged = [];

    public MergedSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QLearningTelemetry.Name || source == _callers,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _callers.Dispose();
    }

    [Fact]
    public async Task It_is_in_the_trace_of_the_first_who_is_traced_and_has_a_link_to_each()
    {
        using var merger = Create();
        using var busy = _callers.StartActivity("busy")!;
        var calls = new List<Task<int>> { merger.CallAsync(0) };
        Activity.Current = null;
        calls.Add(merger.CallAsync(1));
        var contexts = new List<ActivityContext>();
        for (var i = 2; i < 4; i++)
        {
            using var caller = _callers.StartActivity($"caller {i}")!;
            contexts.Add(caller.Context);
            calls.Add(merger.CallAsync(i));
        }

        _first.SetResult();
        var answers = await Task.WhenAll(calls);
        Assert.Equal([0, 1, 2, 3], answers);
        var span = Assert.Single(_sentIn)!;
        Assert.Equal(contexts[0].SpanId, span.ParentSpanId);
        Assert.Equal(contexts, span.Links.Select(link => link.Context));
        Assert.Equal([3], _merged);
    }

    [Fact]
    public async Task It_belongs_to_nobody_when_none_is_traced_whoever_returns_before_it()
    {
        using var merger = Create();
        using var busy = _callers.StartActivity("busy")!;
        var calls = new List<Task<int>> { merger.CallAsync(0) };
        Activity.Current = null;
        calls.AddRange([merger.CallAsync(1), merger.CallAsync(2)]);
        _first.SetResult();
        await Task.WhenAll(calls);
        Assert.Null(Assert.Single(_sentIn));
    }

    private CallMerger<int, int> Create() => new(
        async request =>
        {
            await _first.Task;
            return request;
        },
        requests =>
        {
            _sentIn.Add(Activity.Current);
            return Task.FromResult<int[]>([.. requests]);
        },
        _ => 1,
        maxWeight: 100,
        maxUnderWay: 1,
        _merged.Add,
        // Time stands still: nobody is sent ahead of the first call's answer.
        new FakeTimeProvider());
}
