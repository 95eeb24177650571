namespace QLearning.Learning.Tests.Exploration;

/// <summary>Pins how an exploration rate falls from episode to episode.</summary>
public class ExplorationDecayTests
{
    [Fact]
    public void The_default_reaches_its_minimum_after_598_episodes()
    {
        var type = TableFixture.Type();
        var decay = ExplorationDecay.Of(type);
        var rate = type.ExplorationRate;
        var episodes = 0;
        while (rate > type.MinExplorationRate)
        {
            rate = decay.After(rate);
            episodes++;
        }

        Assert.Equal(598, episodes);
        Assert.Equal(0.01, rate);
        Assert.Equal(0.01, decay.After(rate));
    }

    [Theory]
    [InlineData(1.1, 0.01)]
    [InlineData(0.9, -0.1)]
    [InlineData(double.NaN, 0.1)]
    public void Numbers_out_of_range_are_refused(double factor, double minimum) =>
        Assert.Throws<InvalidInputException>(
            () => ExplorationDecay.Of(TableFixture.Type() with { ExplorationDecay = factor, MinExplorationRate = minimum }));
}
