using QLearning.Learning.Tests.Worlds;

namespace QLearning.Learning.Tests.Published;

/// <summary>Pins the values of the five-state random walk (Sutton &amp; Barto, example 6.2): 1/6, 2/6, 3/6, 4/6, 5/6.</summary>
public sealed class RandomWalkTests : IDisposable
{
    private static readonly AgentAction _walk = AgentAction.Named("walk");
    private static readonly AgentAction _left = AgentAction.Named("left");
    private static readonly AgentAction _right = AgentAction.Named("right");
    private readonly TableFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    // With one action a state the three rules are one: TD(0), equation 6.2.
    [Theory]
    [InlineData(LearningRule.QLearning)]
    [InlineData(LearningRule.Sarsa)]
    [InlineData(LearningRule.ExpectedSarsa)]
    public void TD_learns_the_values_from_walks(LearningRule rule)
    {
        var random = new Random(1);
        foreach (var learningRate in new[] { 0.1, 0.01, 0.001 })
        {
            Walk(new Learner(TableFixture.Type(rule, learningRate, discountFactor: 1)), episodes: 5_000, random);
        }

        // At a step of 0.001 the values still swing by about 0.01.
        Assert.All(
            Enumerable.Range(0, RandomWalk.States), state => Assert.InRange(Value(state, _walk) - RandomWalk.ValueOf(state), -0.03, 0.03));
    }

    [Fact]
    public void TD_errs_as_the_book_shows_after_a_hundred_walks()
    {
        // Figure 6.2: from 0.5 everywhere, α 0.05, the root of the mean squared error over the states falls to about 0.05; mean of 100
        // runs.
        var learner = new Learner(TableFixture.Type(LearningRule.Sarsa, learningRate: 0.05, discountFactor: 1));
        var error = 0.0;
        for (var seed = 0; seed < 100; seed++)
        {
            for (var state = 0; state < RandomWalk.States; state++)
            {
                _fixture.Table.Set(RandomWalk.KeyOf(state), null, _walk.Key, null, 0.5);
            }

            Walk(learner, episodes: 100, new Random(seed));
            error += Math.Sqrt(
                Enumerable.Range(0, RandomWalk.States).Average(state => Math.Pow(Value(state, _walk) - RandomWalk.ValueOf(state), 2)));
        }

        Assert.InRange(error / 100, 0.03, 0.07);
    }

    [Fact]
    public void Expected_Sarsa_of_a_coin_gives_the_exact_values()
    {
        // ε 1: both actions have one half, so no step depends on chance.
        var learner = new Learner(TableFixture.Type(LearningRule.ExpectedSarsa, learningRate: 0.5, discountFactor: 1, explorationRate: 1));
        for (var sweep = 0; sweep < 500; sweep++)
        {
            for (var state = 0; state < RandomWalk.States; state++)
            {
                learner.Learn(_fixture.Table, RandomWalk.Step(state, state - 1, _left));
                learner.Learn(_fixture.Table, RandomWalk.Step(state, state + 1, _right));
            }
        }

        Assert.All(
            Enumerable.Range(0, RandomWalk.States),
            state => Assert.Equal(RandomWalk.ValueOf(state), (Value(state, _left) + Value(state, _right)) / 2, 9));
    }

    private void Walk(Learner learner, int episodes, Random random)
    {
        for (var episode = 0; episode < episodes; episode++)
        {
            for (var state = RandomWalk.Middle; state is >= 0 and < RandomWalk.States;)
            {
                var next = state + (random.Next(2) == 0 ? -1 : 1);
                learner.Learn(_fixture.Table, RandomWalk.Step(state, next, _walk));
                state = next;
            }
        }
    }

    private double Value(int state, AgentAction action)
    {
        Assert.True(_fixture.Table.TryGet(RandomWalk.KeyOf(state), action.Key, out var entry));
        return entry.QValue;
    }
}
