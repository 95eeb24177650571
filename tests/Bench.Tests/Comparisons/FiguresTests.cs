using CsCheck;
using QLearning.Bench.Comparisons;

namespace QLearning.Bench.Tests.Comparisons;

/// <summary>The turns of one contender summed up.</summary>
public sealed class FiguresTests
{
    [Fact]
    public void The_median_of_an_even_number_of_turns_lies_between_the_two_in_the_middle()
    {
        var figures = Figures.Of([new Sample(40, 4, 9), new Sample(10, 1, 3), new Sample(20, 2, 5), new Sample(30, 3, 7)]);
        Assert.Equal(25, figures.Median);
        Assert.Equal(1.2, figures.Spread);
        Assert.Equal(2.5, figures.P50);
        Assert.Equal(6, figures.P99);
        Assert.Null(figures.Extra);
    }

    [Fact]
    public void The_order_of_turns_does_not_matter_and_the_median_is_one_that_half_of_them_reach() =>
        Gen.Int[1, 1000].Array[1, 9].Sample(values =>
    {
        var figures = Figures.Of([.. values.Select(value => new Sample(value))]);
        Assert.Equal(figures, Figures.Of([.. values.Reverse().Select(value => new Sample(value))]));
        Assert.True(values.Count(value => value <= figures.Median) * 2 >= values.Length);
        Assert.True(values.Count(value => value >= figures.Median) * 2 >= values.Length);
        Assert.Equal((values.Max() - values.Min()) / figures.Median, figures.Spread, 3);
    });
}
