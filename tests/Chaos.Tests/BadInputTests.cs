using QLearning.Bench.BadInput;

namespace QLearning.Chaos.Tests;

/// <summary>The short form of <c>qlearn bench bad-input</c>.</summary>
public class BadInputTests
{
    private const int Seed = 20260801;

    [Fact]
    public async Task Every_made_up_call_is_answered_or_refused_and_refused_ones_change_nothing()
    {
        var report = await new BadInputRun(Seed, _ => { }).RunAsync(2_000, CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Unexpected.Concat(report.Logged).Concat(report.Changes)));
        Assert.InRange(report.Answered, 300, 1_700);
        // Those of one chunk are looked at call by call; of the others, which run at once, a look may be void.
        Assert.InRange(report.Compared, 100, 2_000);
    }

    [Fact]
    public void The_same_seed_makes_up_the_same_calls()
    {
        var (first, second) = (new Random(Seed), new Random(Seed));
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(OddCall.Create(first).ToString(), OddCall.Create(second).ToString()));
    }
}
