namespace QLearning.Learning.Tests.Rules;

/// <summary>Pins one update by each rule, and that a batch is learned as a whole or not at all.</summary>
public sealed class LearnerTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void One_update_moves_the_Q_value_by_alpha_times_the_error()
    {
        _fixture.Set(1, 1, 10);
        _fixture.Set(2, 1, -3);
        _fixture.Set(2, 2, 20);
        var update = new Learner(TableFixture.Type()).Learn(_fixture.Table, TableFixture.Step(1, 1, 50, next: 2));
        Assert.Equal(15.9, update.QValue, 12);
        Assert.Equal(59, update.TdError, 12);
        Assert.Equal(2, update.VisitCount);
        Assert.Equal(update.QValue, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_first_update_starts_from_0()
    {
        var update = new Learner(TableFixture.Type()).Learn(_fixture.Table, TableFixture.Step(1, 1, 50, next: 2));
        Assert.Equal(new Update(5, 1, 50), update);
    }

    [Fact]
    public void An_expired_Q_value_counts_as_absent()
    {
        _fixture.Set(1, 1, 10);
        _fixture.Set(2, 1, 10);
        _fixture.Time.Advance(TableFixture.TimeToLive);
        var update = new Learner(TableFixture.Type()).Learn(_fixture.Table, TableFixture.Step(1, 1, 50, next: 2));
        Assert.Equal(new Update(5, 1, 50), update);
    }

    [Theory]
    [InlineData(LearningRule.QLearning)]
    [InlineData(LearningRule.Sarsa)]
    [InlineData(LearningRule.ExpectedSarsa)]
    public void What_follows_the_end_of_an_episode_is_worth_nothing(LearningRule rule)
    {
        _fixture.Set(2, 1, 20);
        var last = TableFixture.Step(1, 1, 50, next: 2) with { Done = true, NextAction = new AgentAction(TableFixture.Action(1)) };
        Assert.Equal(5, new Learner(TableFixture.Type(rule)).Learn(_fixture.Table, last).QValue);
    }

    [Theory]
    [InlineData(LearningRule.QLearning)]
    [InlineData(LearningRule.Sarsa)]
    [InlineData(LearningRule.ExpectedSarsa)]
    public void Where_a_limit_cut_the_episode_the_next_state_keeps_its_value(LearningRule rule)
    {
        _fixture.Set(2, 1, 100);
        var cut = TableFixture.Step(1, 1, 1, next: 2) with { Truncated = true };
        Assert.Equal(9.6, new Learner(TableFixture.Type(rule)).Learn(_fixture.Table, cut).QValue, 9);
        var both = TableFixture.Step(3, 1, 1, next: 2) with { Truncated = true, Done = true };
        Assert.Equal(0.1, new Learner(TableFixture.Type(rule)).Learn(_fixture.Table, both).QValue, 9);
    }

    [Fact]
    public void Sarsa_that_was_cut_learns_the_expectation_under_the_policy_of_the_agent()
    {
        _fixture.Set(2, 1, 100);
        _fixture.Set(2, 2, 0);
        var learner = new Learner(TableFixture.Type(LearningRule.Sarsa, learningRate: 1, discountFactor: 1, explorationRate: 1));
        var cut = TableFixture.Step(1, 1, 0, next: 2) with { Truncated = true };
        Assert.Equal(50, learner.Learn(_fixture.Table, cut).QValue, 9);
        Assert.Equal(90, learner.Learn(_fixture.Table, cut with { ExplorationRate = 0.2 }).QValue, 9);

        // An action that was taken all the same says more than the expectation.
        Assert.Equal(0, learner.Learn(_fixture.Table, cut with { NextAction = new AgentAction(TableFixture.Action(2)) }).QValue, 9);
        var unknown = TableFixture.Step(1, 2, 7, next: 9) with { Truncated = true };
        Assert.Equal(7, learner.Learn(_fixture.Table, unknown).QValue, 9);
    }

    [Fact]
    public void Possible_next_actions_that_were_never_learned_count_with_0()
    {
        _fixture.Set(2, 1, -20);
        var learner = new Learner(TableFixture.Type(learningRate: 1, discountFactor: 1));
        var step = TableFixture.Step(1, 1, 0, next: 2);
        Assert.Equal(-20, learner.Learn(_fixture.Table, step).QValue);
        Assert.Equal(-20, learner.Learn(_fixture.Table, step with { NextActions = [TableFixture.Action(1)] }).QValue);
        Assert.Equal(0, learner.Learn(_fixture.Table, step with { NextActions = [TableFixture.Action(1), TableFixture.Action(9)] }).QValue);
    }

    [Fact]
    public void Sarsa_uses_the_action_taken_next_whatever_the_best_is()
    {
        _fixture.Set(2, 1, 20);
        _fixture.Set(2, 2, -4);
        var learner = new Learner(TableFixture.Type(LearningRule.Sarsa, learningRate: 1, discountFactor: 0.5));
        var step = TableFixture.Step(1, 1, 1, next: 2);
        Assert.Equal(-1, learner.Learn(_fixture.Table, step with { NextAction = new AgentAction(TableFixture.Action(2)) }).QValue);
        Assert.Equal(1, learner.Learn(_fixture.Table, step with { NextAction = new AgentAction(TableFixture.Action(3)) }).QValue);
    }

    [Fact]
    public void Sarsa_without_a_next_action_is_refused()
    {
        var learner = new Learner(TableFixture.Type(LearningRule.Sarsa));
        var step = TableFixture.Step(1, 1, 1, next: 2);
        Assert.Throws<InvalidInputException>(() => learner.Learn(_fixture.Table, step));
        var error = Assert.Throws<InvalidInputException>(() => learner.LearnMany(_fixture.Table, [TableFixture.Step(3, 1, 1), step]));
        Assert.Contains("index 1", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_fixture.Table.StateCount, _fixture.Table.BacklogCount));
    }

    [Fact]
    public void Expected_Sarsa_uses_the_mean_over_the_policy()
    {
        _fixture.Set(2, 1, 10);
        _fixture.Set(2, 2, 0);
        var learner = new Learner(TableFixture.Type(LearningRule.ExpectedSarsa, learningRate: 1, discountFactor: 1, explorationRate: 0.2));
        Assert.Equal(9, learner.Learn(_fixture.Table, TableFixture.Step(1, 1, 0, next: 2)).QValue, 12);

        // Two more possible actions, one named twice: 0.8 + 0.2 / 4 of 10.
        var known = TableFixture.Step(1, 2, 0, next: 2) with
        {
            NextActions = [TableFixture.Action(1), TableFixture.Action(3), TableFixture.Action(4), TableFixture.Action(3)],
        };
        Assert.Equal(8.5, learner.Learn(_fixture.Table, known).QValue, 12);
    }

    [Fact]
    public void Expected_Sarsa_takes_a_thousand_next_actions()
    {
        var learner = new Learner(TableFixture.Type(LearningRule.ExpectedSarsa, learningRate: 1, discountFactor: 1, explorationRate: 1));
        _fixture.Set(2, 0, 500);
        var step = TableFixture.Step(1, 1, 0, next: 2) with { NextActions = [.. Enumerable.Range(0, 1000).Select(TableFixture.Action)] };
        Assert.Equal(0.5, learner.Learn(_fixture.Table, step).QValue, 9);
    }

    [Theory]
    [InlineData(1_000_000.0)]
    [InlineData(-1_000_000.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_Q_value_its_column_cannot_hold_is_refused(double reward)
    {
        var learner = new Learner(TableFixture.Type(learningRate: 1));
        Assert.Throws<InvalidInputException>(() => learner.Learn(_fixture.Table, TableFixture.Step(1, 1, reward)));
        var upsert = new QValueUpsert(new State(TableFixture.State(1)), new AgentAction(TableFixture.Action(1)), reward);
        Assert.Throws<InvalidInputException>(() => learner.Upsert(_fixture.Table, upsert));
        Assert.Equal((0, 0), (_fixture.Table.StateCount, _fixture.Table.BacklogCount));
    }

    [Fact]
    public void An_upsert_stores_the_callers_value_and_reports_how_far_it_moved()
    {
        var learner = new Learner(TableFixture.Type());
        var upsert = new QValueUpsert(new State(TableFixture.State(1)), new AgentAction(TableFixture.Action(1)), QLimits.MaxQValue);
        Assert.Equal(new Update(QLimits.MaxQValue, 1, QLimits.MaxQValue), learner.Upsert(_fixture.Table, upsert));
        Assert.Equal(
            [new Update(5, 2, 5 - QLimits.MaxQValue), new Update(7, 3, 2)],
            learner.UpsertMany(_fixture.Table, [upsert with { Value = 5 }, upsert with { Value = 7 }]));
    }

    [Fact]
    public void A_transition_may_bring_a_step_size_of_its_own()
    {
        _fixture.Set(1, 1, 10);
        _fixture.Set(2, 1, 20);
        var step = TableFixture.Step(1, 1, 50, next: 2) with { LearningRate = 0.5 };
        Assert.Equal(10 + (0.5 * 59), new Learner(TableFixture.Type()).Learn(_fixture.Table, step).QValue, 12);
    }

    [Fact]
    public void A_late_reward_adds_what_it_would_have_added_in_time()
    {
        _fixture.Set(2, 1, 20);
        var learner = new Learner(TableFixture.Type());
        learner.Learn(_fixture.Table, TableFixture.Step(1, 1, 30, next: 2));
        var late = new DelayedReward { State = TableFixture.State(1), Action = TableFixture.Action(1), Reward = 20 };
        var update = Assert.Single(learner.LearnDelayed(_fixture.Table, [late]));
        Assert.Equal(0.1 * (50 + (0.95 * 20)), update.QValue, 12);
        Assert.Equal((2, 20), (update.VisitCount, update.TdError));
    }

    [Fact]
    public void Late_rewards_are_learned_all_or_none()
    {
        _fixture.Set(1, 1, 10);
        var late = new DelayedReward { State = TableFixture.State(1), Action = TableFixture.Action(1), Reward = 20 };
        var error = Assert.Throws<InvalidInputException>(
            () => new Learner(TableFixture.Type()).LearnDelayed(_fixture.Table, [late, late with { Action = TableFixture.Action(2) }]));
        Assert.Contains("index 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_late_reward_that_was_lost_with_its_owner_is_learned_before_its_Q_value_comes_again()
    {
        var late = new DelayedReward { State = TableFixture.State(1), Action = TableFixture.Action(1), Reward = 20 };
        var update = Assert.Single(new Learner(TableFixture.Type()).LearnDelayed(_fixture.Table, [late], wereLearned: true));
        Assert.Equal((2, 1, 20), (update.QValue, update.VisitCount, update.TdError));
    }

    [Fact]
    public void The_states_to_load_are_those_that_are_read_or_written()
    {
        var states = new HashSet<StateKey>();
        Learner.CollectStates([TableFixture.Step(1, 1, 0, next: 2), TableFixture.Step(2, 1, 0, next: 3) with { Done = true }], states);
        Assert.Equal([TableFixture.State(1), TableFixture.State(2)], states.Order());
    }

    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(1.1, 0.9)]
    [InlineData(double.NaN, 0.9)]
    [InlineData(0.1, -0.1)]
    [InlineData(0.1, 1.1)]
    [InlineData(0.1, double.NaN)]
    public void Rates_out_of_range_are_refused(double learningRate, double discountFactor) =>
        Assert.Throws<InvalidInputException>(
            () => new Learner(TableFixture.Type(learningRate: learningRate, discountFactor: discountFactor)));

    [Fact]
    public void An_unknown_rule_is_refused() =>
        Assert.Throws<InvalidInputException>(() => new Learner(TableFixture.Type((LearningRule)99)));
}
