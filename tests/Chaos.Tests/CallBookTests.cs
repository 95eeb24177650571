using QLearning.Abstractions;
using QLearning.Bench.Chaos;

namespace QLearning.Chaos.Tests;

/// <summary>A client that is told of a refusal only after a try without an answer has seen no error, if a refusal was due.</summary>
public class CallBookTests
{
    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task A_refusal_of_a_repeated_try_is_an_error_only_where_none_was_due(bool isWrong, bool isWithWrong, bool isDue)
    {
        var call = new Call("k", CallKind.Durable, 1, TimeSpan.Zero) { MustBeRefused = isWrong, RefusedWithOthers = isWithWrong };
        var refusal = InvalidInputException.For("step", 1, "it is wrong", "another");
        var error = new ClusterUnavailableException("It may have been learned.", refusal);
        Assert.False(await new CallBook(TimeProvider.System).CallAsync([call], () => throw error));
        Assert.Equal((CallOutcome.Unknown, isDue ? null : error.Message), (call.Outcome, call.Error));
    }

    [Fact]
    public async Task No_answer_is_an_error_also_for_an_update_that_is_wrong()
    {
        var call = new Call("k", CallKind.Durable, 1, TimeSpan.Zero) { MustBeRefused = true };
        await new CallBook(TimeProvider.System).CallAsync([call], () => throw new ClusterUnavailableException("No silo could learn."));
        Assert.Equal("No silo could learn.", call.Error);
    }
}
