using QLearning.Learning.Episodes;

namespace QLearning.Learning.Tests.Episodes;

/// <summary>A running episode keeps its steps in order.</summary>
public class EpisodeTests
{
    private readonly Episode _episode = new(Guid.NewGuid(), "task", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Each_reward_completes_the_step_of_the_action_before_it()
    {
        Assert.Equal((0, false), (_episode.Step, _episode.IsActing));
        _episode.Act(State.FromKey("s"), AgentAction.Named("a"));
        Assert.True(_episode.IsActing);
        _episode.Earn(2.5);
        _episode.Act(State.FromKey("t"), AgentAction.Named("b"));
        _episode.Earn(-4);
        Assert.Equal((2, false), (_episode.Step, _episode.IsActing));
        Assert.Equal(
            ["s a 2.5", "t b -4"],
            _episode.Steps.Select(step => FormattableString.Invariant($"{step.State.Key} {step.Action.Key} {step.Reward}")));
        Assert.Equal((-1.5, 6.5), (_episode.TotalReward, _episode.AbsoluteReward));
    }

    [Fact]
    public void A_new_choice_replaces_the_one_before()
    {
        _episode.Act(State.FromKey("s"), AgentAction.Named("a"));
        _episode.Act(State.FromKey("u"), AgentAction.Named("b"));
        _episode.Earn(1);
        Assert.Equal(("u", "b"), (_episode.Steps[0].State.Key.ToString(), _episode.Steps[0].Action.Key.ToString()));
    }

    [Fact]
    public void A_reward_without_an_action_is_a_mistake_of_the_caller()
    {
        Assert.Throws<InvalidOperationException>(() => _episode.Earn(1));
        Assert.Throws<InvalidOperationException>(() => _episode.Action);
        Assert.Empty(_episode.Steps);
    }
}
