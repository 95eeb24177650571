using QLearning.Learning.Patterns;

namespace QLearning.Learning.Tests.Patterns;

/// <summary>The lower bound of the Wilson interval at 95 %.</summary>
public class WilsonScoreTests
{
    // Brown, Cai and DasGupta (2001), Statistical Science 16: the interval of Wilson; values by its closed form.
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 10, 0)]
    [InlineData(1, 1, 0.206549)]
    [InlineData(10, 10, 0.722467)]
    [InlineData(5, 10, 0.236593)]
    [InlineData(80, 100, 0.711171)]
    public void The_bound_is_the_published_one(int successes, int trials, double expected) =>
        Assert.Equal(expected, WilsonScore.LowerBound(successes, trials), 6);

    [Fact]
    public void It_is_below_the_rate_and_rises_with_more_of_the_same() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 200]).Sample((successes, failures) =>
        {
            var (n, rate) = (successes + failures, (double)successes / (successes + failures));
            var bound = WilsonScore.LowerBound(successes, n);
            Assert.InRange(bound, 0, rate);
            Assert.True(WilsonScore.LowerBound(successes * 2, n * 2) > bound);
        });
}
