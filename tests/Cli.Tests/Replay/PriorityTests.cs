using QLearning.Abstractions;
using QLearning.Cli.Replay;
using QLearning.Cli.Replay.History;

namespace QLearning.Cli.Tests.Replay;

/// <summary>How Q-values of a test's views become one priority.</summary>
public sealed class PriorityTests
{
    private const double LearningRate = 0.1;
    private const double Second = 1000;

    private static readonly Priority _priority = new(LearningRate);

    [Fact]
    public void Views_with_the_same_last_results_or_name_are_the_same_states()
    {
        var views = new TestViews();

        var one = views.Of(new ScheduledTest("a", 10, PastResults.Of([true, false, false, true, true])));
        var other = views.Of(new ScheduledTest("b", 99, PastResults.Of([true, false, false, true])));

        Assert.Equal(one[0], other[0]);
        Assert.NotEqual(one[1], other[1]);
        Assert.Equal(StateKey.FromJson("""{"test":"a"}"""), one[1].Key);
    }

    [Fact]
    public void A_test_that_failed_each_time_comes_before_an_unknown_one_and_that_before_one_that_never_failed()
    {
        var failing = _priority.Of([Learned(5, reward: 1), Learned(5, reward: 1)], Second);
        var unknown = _priority.Of([null, null], Second);
        var passing = _priority.Of([Learned(5, reward: 0), Learned(5, reward: 0)], Second);

        Assert.True(failing > unknown && unknown > passing, $"{failing} > {unknown} > {passing}");
    }

    [Fact]
    public void Few_visits_do_not_make_a_value_look_small()
    {
        // After one reward of 1 the Q-value is only 0.1: its bias to the initial 0 is taken out.
        Assert.True(_priority.Of([null, Learned(1, reward: 1)], Second) > _priority.Of([null, null], Second));
    }

    [Fact]
    public void Of_two_tests_that_are_as_likely_to_fail_the_shorter_comes_first_and_a_likely_long_one_before_an_unlikely_short_one()
    {
        var shorter = _priority.Of([null, Learned(5, reward: 1)], 10);
        var longer = _priority.Of([null, Learned(5, reward: 1)], 60 * Second);
        var unlikely = _priority.Of([null, Learned(5, reward: 0)], 10);

        Assert.True(shorter > longer && longer > unlikely, $"{shorter} > {longer} > {unlikely}");
    }

    private static QValue Learned(int visits, double reward) => new(
        ActionKey.Parse("run"), "\"run\"", reward * (1 - Math.Pow(1 - LearningRate, visits)), visits, 0.5, 0.5);
}
