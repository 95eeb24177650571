using QLearning.Learning.Tests.Worlds;

namespace QLearning.Learning.Tests.Published;

/// <summary>Pins the published results of cliff walking (Sutton &amp; Barto, example 6.6; van Seijen et al. 2009).</summary>
public class CliffWalkTests
{
    private const int Seeds = 50;
    private const int Episodes = 500;
    private const int FirstCounted = 400;

    [Theory]
    [InlineData(1, -13)]
    [InlineData(0.99, -12.247898)]
    [InlineData(0.95, -9.733158)]
    [InlineData(0.9, -7.458134)]
    public void Q_learning_reaches_the_value_that_dynamic_programming_gives(double discountFactor, double expected)
    {
        Assert.Equal(expected, new CliffWalkValues(discountFactor).OfCell(CliffWalk.Start), 6);
        using var walker = Walker(LearningRule.QLearning, seed: 1, discountFactor: discountFactor);
        for (var episode = 0; episode < 1_000; episode++)
        {
            walker.RunEpisode();
        }

        Assert.True(walker.Table.TryGetBest(CliffWalk.KeyOf(CliffWalk.Start), out var best));
        Assert.Equal(expected, best.QValue, 6);
    }

    [Theory]
    [InlineData(LearningRule.QLearning, 1, 0)]
    [InlineData(LearningRule.QLearning, 0.9, 0)]
    [InlineData(LearningRule.ExpectedSarsa, 1, 0.1)]
    [InlineData(LearningRule.ExpectedSarsa, 0.95, 0.3)]
    public void Learning_every_action_everywhere_gives_the_exact_value_of_each(
        LearningRule rule, double discountFactor, double explorationRate)
    {
        var exact = new CliffWalkValues(discountFactor, explorationRate);
        using var walker = Walker(rule, seed: 1, discountFactor: discountFactor, explorationRate: explorationRate);
        for (var sweep = 0; sweep < 300; sweep++)
        {
            walker.Sweep();
        }

        foreach (var cell in CliffWalk.Cells)
        {
            for (var action = 0; action < CliffWalk.ActionCount; action++)
            {
                Assert.Equal(exact[cell, action], walker.Value(cell, action), 6);
            }
        }
    }

    [Fact]
    public void The_best_that_an_explorer_can_do_is_known() =>
        Assert.Equal(-20.71, new CliffWalkValues(1, explorationRate: 0.1).OfCell(CliffWalk.Start), 2);

    [Fact]
    public void Q_learning_walks_along_the_edge()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            using var walker = Learned(LearningRule.QLearning, seed, learningRate: 0.5, Episodes);
            var (cells, total) = walker.GreedyPath();
            Assert.Equal(-13, total);
            Assert.All(cells[1..^1], cell => Assert.Equal(2, CliffWalk.RowOf(cell)));
        }
    }

    [Fact]
    public void Sarsa_keeps_off_the_edge()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            // A smaller step than the book's: with 0.5 the last values depend on the last falls, and now and then a path leads nowhere.
            using var walker = Learned(LearningRule.Sarsa, seed, learningRate: 0.1, episodes: 2_000);
            var (cells, total) = walker.GreedyPath();
            Assert.Equal(CliffWalk.Goal, cells[^1]);
            Assert.InRange(total, -17, -15);
            Assert.DoesNotContain(cells, IsAtTheEdge);
        }

        static bool IsAtTheEdge(int cell) => CliffWalk.RowOf(cell) == 2 && cell % CliffWalk.Columns is > 0 and < CliffWalk.Columns - 1;
    }

    [Fact]
    public void While_it_learns_Sarsa_earns_more_than_Q_learning_and_Expected_Sarsa_more_than_both()
    {
        // The standard error of a mean of 50 seeds is 1 for Q-learning and Sarsa and 0.3 for Expected Sarsa: about four of them each way.
        Assert.InRange(OnlineReturn(LearningRule.QLearning), -53, -45);
        Assert.InRange(OnlineReturn(LearningRule.Sarsa), -31, -23.5);
        Assert.InRange(OnlineReturn(LearningRule.ExpectedSarsa), -22, -19.5);
    }

    private static double OnlineReturn(LearningRule rule)
    {
        var total = 0.0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var walker = Learned(rule, seed, learningRate: 0.5, FirstCounted);
            for (var episode = FirstCounted; episode < Episodes; episode++)
            {
                total += walker.RunEpisode();
            }
        }

        return total / (Seeds * (Episodes - FirstCounted));
    }

    private static CliffWalker Learned(LearningRule rule, int seed, double learningRate, int episodes)
    {
        var walker = Walker(rule, seed, learningRate);
        for (var episode = 0; episode < episodes; episode++)
        {
            walker.RunEpisode();
        }

        return walker;
    }

    private static CliffWalker Walker(
        LearningRule rule, int seed, double learningRate = 0.5, double discountFactor = 1, double explorationRate = 0.1) =>
        new(TableFixture.Type(rule, learningRate, discountFactor, explorationRate), seed);
}
