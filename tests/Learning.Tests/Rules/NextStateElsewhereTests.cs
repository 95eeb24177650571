namespace QLearning.Learning.Tests.Rules;

/// <summary>The next state may belong to another table: its values count as if they were in this one.</summary>
public class NextStateElsewhereTests
{
    private static readonly CoarseClock _clock = new(TimeProvider.System);

    [Theory]
    [InlineData(LearningRule.QLearning, 1 + (0.9 * 8))]
    [InlineData(LearningRule.Sarsa, 1 + (0.9 * 2))]
    [InlineData(LearningRule.ExpectedSarsa, 1 + (0.9 * 5))]
    public void Its_values_are_those_of_the_other_table(LearningRule rule, double target)
    {
        var (own, elsewhere) = (Table(), Table());
        Store(elsewhere, "next", "best", 8);
        Store(elsewhere, "next", "taken", 2);
        // What is known here of a state that belongs elsewhere is old.
        Store(own, "next", "best", 100);
        var learner = Learner(rule);
        var update = learner.Learn(own, Step("s", "next", "taken"), elsewhere);
        Assert.Equal(target / 2, update.QValue, 9);
        Assert.Equal(target / 2, learner.LearnMany(own, [Step("other", "next", "taken")], elsewhere)[0].QValue, 9);
        Assert.True(elsewhere.TryGet(StateKey.Parse("next"), ActionKey.Parse("best"), out var entry));
        Assert.Equal((8, 1), (entry.QValue, entry.VisitCount));
    }

    [Fact]
    public void A_next_state_that_is_not_there_is_looked_up_here()
    {
        var (own, elsewhere) = (Table(), Table());
        Store(own, "next", "best", 4);
        Assert.Equal((1 + (0.9 * 4)) / 2, Learner(LearningRule.QLearning).Learn(own, Step("s", "next", "best"), elsewhere).QValue, 9);
    }

    private static QTable Table() => new(_clock, TimeSpan.FromDays(1)) { IsWhole = true };

    private static Learner Learner(LearningRule rule) => new(new AgentTypeInfo
    {
        AgentType = "t",
        DisplayName = "t",
        LearningRate = 0.5,
        DiscountFactor = 0.9,
        ExplorationRate = 1,
        Settings = new AgentTypeSettings { LearningRule = rule },
    });

    private static void Store(QTable table, string state, string action, double value) =>
        table.Set(StateKey.Parse(state), null, ActionKey.Parse(action), null, value);

    private static Transition Step(string state, string next, string nextAction) => new()
    {
        State = new State(StateKey.Parse(state)),
        Action = AgentAction.Named("a"),
        Reward = 1,
        NextState = new State(StateKey.Parse(next)),
        NextAction = AgentAction.Named(nextAction),
    };
}
