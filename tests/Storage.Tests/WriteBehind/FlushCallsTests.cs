using System.Diagnostics;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Which traced calls a flush remembers.</summary>
public sealed class FlushCallsTests : IDisposable
{
    private readonly FlushCalls _calls = new();
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == QLearningTelemetry.Name,
        Sample = static (ref options) => options.Name == "sampled"
            ? ActivitySamplingResult.AllDataAndRecorded
            : ActivitySamplingResult.PropagationData,
    };

    public FlushCallsTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_sampled_call_is_kept_once_until_it_is_taken()
    {
        using (var call = QLearningTelemetry.Source.StartActivity("sampled")!)
        {
            _calls.Note();
            _calls.Note();
            Assert.Equal([call.Context], _calls.Take());
        }

        Assert.Empty(_calls.Take());
    }

    [Fact]
    public void A_call_that_is_not_sampled_is_not_kept()
    {
        using var call = QLearningTelemetry.Source.StartActivity("other");
        Assert.NotNull(call);
        _calls.Note();
        Assert.Empty(_calls.Take());
    }

    [Fact]
    public void Of_many_calls_the_first_are_kept()
    {
        for (var i = 0; i < 2 * FlushCalls.Most; i++)
        {
            using var call = QLearningTelemetry.Source.StartActivity("sampled");
            _calls.Note();
        }

        Assert.Equal(FlushCalls.Most, _calls.Take().Count);
    }

    [Fact]
    public void The_calls_of_a_flush_that_failed_belong_to_the_next()
    {
        using var call = QLearningTelemetry.Source.StartActivity("sampled");
        _calls.Note();
        _calls.Return(_calls.Take());
        Assert.Single(_calls.Take());
    }
}
