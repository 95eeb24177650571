using QLearning.Learning.Episodes;

namespace QLearning.Learning.Tests.Episodes;

/// <summary>Pins the discounted return of an episode.</summary>
public class DiscountedReturnTests
{
    [Theory]
    [InlineData(0.5, 0.3, 0.785)]
    [InlineData(0.6, 0.4, 0.98)]
    [InlineData(0.5, 0.25, 0.7375)]
    public void Two_rewards(double first, double second, double expected) =>
        Assert.Equal(expected, DiscountedReturn.Of([first, second], 0.95), 12);

    [Fact]
    public void No_rewards_are_worth_nothing() => Assert.Equal(0, DiscountedReturn.Of([], 0.95));

    [Fact]
    public void It_is_the_sum_of_rewards_weighted_by_powers_of_gamma() =>
        Gen.Select(Gen.Double[-100, 100].Array[0, 50], Gen.Double[0, 1]).Sample((rewards, discount) =>
            Assert.Equal(
                rewards.Select((reward, k) => reward * Math.Pow(discount, k)).Sum(),
                DiscountedReturn.Of(rewards, discount),
                tolerance: 1e-6));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_discount_out_of_range_is_refused(double discount) =>
        Assert.Throws<InvalidInputException>(() => DiscountedReturn.Of([1], discount));
}
