namespace QLearning.Abstractions.Tests.QTables;

/// <summary>An update keeps its number, its state and its action wherever its group is divided.</summary>
public class UpdateGroupTests
{
    private static readonly UpdateGroup[] _kinds =
    [
        new()
        {
            Number = 7,
            Transitions = [.. Enumerable.Range(0, 6)
                .Select(i => new Transition { State = State.FromKey($"s{i}"), Action = Action(i), Reward = i, Done = true })],
        },
        new() { Number = 7, Upserts = [.. Enumerable.Range(0, 6).Select(i => new QValueUpsert(State.FromKey($"s{i}"), Action(i), i))] },
        new()
        {
            Number = 7,
            Rewards = [.. Enumerable.Range(0, 6).Select(
                i => new DelayedReward { Id = Guid.NewGuid(), State = StateKey.Parse($"s{i}"), Action = Action(i).Key, Reward = i })],
        },
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Numbers_follow_each_other_until_a_group_is_divided_and_then_go_with_their_updates(int kind)
    {
        var whole = _kinds[kind];
        Assert.Equal([(7L, 0), (8L, 1), (9L, 2), (10L, 3), (11L, 4), (12L, 5)], Updates(whole));
        var some = whole.Pick([0, 3, 4]);
        Assert.Equal((3, 7L), (some.Count, some.Number));
        Assert.Equal([(7L, 0), (10L, 3), (11L, 4)], Updates(some));
        Assert.Equal([(10L, 3), (11L, 4)], Updates(some.Pick([1, 2])));
        Assert.Equal(10, some.Pick([1, 2]).Number);
    }

    [Fact]
    public void All_of_a_group_is_the_group() => Assert.Same(_kinds[0], _kinds[0].Pick([0, 1, 2, 3, 4, 5]));

    private static AgentAction Action(int number) => new(ActionKey.Parse($"a{number}"));

    /// <summary>The number of each update, and what its state and its action say which one it is.</summary>
    private static IEnumerable<(long Number, int Update)> Updates(UpdateGroup group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            var update = int.Parse(group.StateAt(i).ToString().AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"a{update}", group.ActionAt(i).ToString());
            yield return (group.NumberAt(i), update);
        }
    }
}
