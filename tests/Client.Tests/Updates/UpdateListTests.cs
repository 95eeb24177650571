using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>Each update has one number for ever, and is kept until it is durable, refused or given up.</summary>
public class UpdateListTests
{
    private static readonly Guid _owner = Guid.NewGuid();
    private static readonly Guid _other = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly UpdateList _list;

    public UpdateListTests() => _list = new UpdateList(10, _time, maxSpan: 200);

    [Fact]
    public void Long_json_takes_the_room_of_more_updates_until_it_is_settled()
    {
        var large = new UpdateGroup
        {
            Upserts = [new QValueUpsert(new State(StateKey.Parse("s"), new string('1', 640)), AgentAction.Named("a"), 1)],
        };
        Assert.Equal(6, PendingUpdates.RoomOf(large));
        var action = new AgentAction(ActionKey.Parse("a"), new string('1', 640));
        Assert.Equal(6, PendingUpdates.RoomOf(new UpdateGroup { Upserts = [new QValueUpsert(State.FromKey("s"), action, 1)] }));
        var step = Given.Last("s", "a", 1) with { Action = action, NextAction = action };
        Assert.Equal(11, PendingUpdates.RoomOf(new UpdateGroup { Transitions = [step] }));
        Assert.True(_list.TryReserve(6));
        var pending = _list.Add([new UpdateCall(large)])[0];
        Assert.Equal(1, _list.Count);
        Assert.False(_list.TryReserve(5));
        _list.GiveUp(pending);
        Assert.True(_list.TryReserve(10));
    }

    [Fact]
    public void Numbers_follow_each_other_from_1()
    {
        var first = Add(3);
        Assert.Equal([1, 2, 3], Numbers(first));
        Assert.Equal([4], Numbers(Add(1)));
        Assert.Equal([5, 6], Numbers(Add(2)));
        Assert.Equal((6, 1L, 6L), (_list.Count, _list.SettledBelow(first), _list.Newest));
        Assert.NotEqual(new UpdateList(1, _time).Add(Group(1)).Numbers.ClientId, first.Numbers.ClientId);
    }

    [Fact]
    public void Below_the_lowest_number_that_is_not_settled_all_are()
    {
        var (first, second, third) = (Add(2), Add(1), Add(1));
        _list.GiveUp(second);
        Assert.Equal(1, _list.SettledBelow(third));
        _list.Acknowledge(first, _owner, version: 2, durable: 2, partitions: 1);
        Assert.Equal(4, _list.SettledBelow(third));
        _list.Acknowledge(third, _owner, version: 3, durable: 3, partitions: 1);
        Assert.Equal((5L, 0), (_list.SettledBelow(third), _list.Count));
    }

    [Fact]
    public void What_is_kept_is_bounded_what_is_reserved_included()
    {
        Assert.True(_list.TryReserve(6));
        Assert.False(_list.TryReserve(5));
        var kept = _list.Add(Group(6));
        Assert.False(_list.TryReserve(5));
        Assert.True(_list.TryReserve(4));
        _list.GiveUp(kept);
        Assert.False(_list.TryReserve(7));
        Assert.True(_list.TryReserve(6));
    }

    [Fact]
    public void A_single_call_may_be_larger_than_the_bound_when_nothing_else_is_kept()
    {
        Assert.True(_list.TryReserve(11));
        Assert.False(_list.TryReserve(1));
        _list.GiveUp(_list.Add(Group(11)));
        Assert.True(_list.TryReserve(1));
        Assert.False(_list.TryReserve(11));
    }

    [Fact]
    public void Divided_each_part_belongs_to_one_partition_and_keeps_numbers_order_and_places()
    {
        Add(2);
        var pending = Add(8);
        var parts = _list.Divide(pending, 3).ToArray();
        Assert.Equal(Enumerable.Range(3, 8).Select(number => (long)number), parts.SelectMany(part => Numbers(part.Updates)).Order());
        Assert.All(parts, part =>
        {
            Assert.Equal(Numbers(part.Updates).Order(), Numbers(part.Updates));
            Assert.All(Enumerable.Range(0, part.Updates.Group.Count), i =>
            {
                Assert.Equal(part.Partition, TablePartition.IndexOf(part.Updates.Group.StateAt(i), 3));
                Assert.Equal(part.Updates.Group.NumberAt(i) - 3, part.Updates.PlaceInCall(i));
                Assert.Equal($"s{part.Updates.PlaceInCall(i)}", part.Updates.Group.StateAt(i).ToString());
            });
        });
        Assert.True(pending.IsSettled);
        Assert.Equal((10, 1L), (_list.Count, _list.SettledBelow(parts[0].Updates)));
    }

    [Fact]
    public void What_belongs_to_one_partition_stays_as_it_is()
    {
        var pending = Add(4);
        Assert.Same(pending, Assert.Single(_list.Divide(pending, 1)).Updates);
        var part = _list.Divide(pending, 3).First().Updates;
        Assert.Same(part, Assert.Single(_list.Divide(part, 3)).Updates);
    }

    [Fact]
    public void Acknowledged_updates_are_kept_until_the_owner_that_has_them_says_that_they_are_durable()
    {
        var (first, second) = (Add(2), Add(1));
        _list.Acknowledge(first, _owner, version: 2, durable: 0, partitions: 1);
        _list.Acknowledge(second, _owner, version: 3, durable: 1, partitions: 1);
        Assert.True(_list.HasAcknowledged);
        _list.Settle(_other, 3);
        Assert.Equal(3, _list.Count);
        _list.Settle(_owner, 2);
        Assert.Equal((1, 3L, true), (_list.Count, _list.SettledBelow(second), first.IsSettled));
        _list.Settle(_owner, 3);
        Assert.Equal((0, false), (_list.Count, _list.HasAcknowledged));
    }

    [Fact]
    public void What_another_owner_acknowledged_since_is_settled_by_that_one_only()
    {
        var pending = Add(1);
        _list.Acknowledge(pending, _owner, version: 1, durable: 0, partitions: 1);
        _list.Acknowledge(pending, _other, version: 5, durable: 4, partitions: 1);
        _list.Settle(_owner, 100);
        Assert.False(pending.IsSettled);
        _list.Settle(_other, 5);
        Assert.True(pending.IsSettled);
    }

    [Fact]
    public void What_was_given_up_stays_so_whoever_acknowledges_it()
    {
        var pending = Add(1);
        _list.GiveUp(pending);
        _list.Acknowledge(pending, _owner, version: 1, durable: 0, partitions: 1);
        Assert.Equal((0, false, 2L), (_list.Count, _list.HasAcknowledged, _list.SettledBelow(pending)));
        Assert.Empty(_list.FindLost(_ => _other, 1));
    }

    [Fact]
    public void What_was_learned_of_forgotten_Q_values_is_not_sent_again_and_what_was_learned_since_is()
    {
        var (before, other, unanswered) = (Add(3), Add(1), Add(1));
        _list.Acknowledge(before, _owner, version: 3, durable: 0, partitions: 1);
        _list.Acknowledge(other, _owner, version: 4, durable: 0, partitions: 1);
        var acknowledgements = _list.Acknowledgements;
        var since = Add(1);
        _list.Acknowledge(since, _owner, version: 5, durable: 0, partitions: 1);
        _list.Acknowledge(unanswered, _owner, version: 6, durable: 0, partitions: 1);

        _list.Forget(acknowledgements, (state, _) => state != before.Group.StateAt(1));

        Assert.Equal(3, _list.Count);
        var lost = _list.FindLost(_ => _other, 1);
        Assert.Equal([2L, 5L, 6L], lost.Select(pending => pending.Group.NumberAt(0)));
        Assert.Equal(1, _list.SettledBelow(since) - 1);
    }

    [Fact]
    public void A_call_of_which_a_part_was_forgotten_is_settled_with_the_rest_and_its_room_is_free()
    {
        Assert.True(_list.TryReserve(3));
        var call = new UpdateCall(Group(3));
        var pending = _list.Add([call])[0];
        call.AwaitDurability("PostgreSQL refuses a row");
        _list.Acknowledge(pending, _owner, version: 3, durable: 0, partitions: 1);
        _list.Forget(_list.Acknowledgements, (state, _) => state == pending.Group.StateAt(0));
        Assert.Equal((2, false), (_list.Count, call.IsSettled));
        Assert.True(_list.TryReserve(8));
        Assert.False(_list.TryReserve(1));
        _list.Settle(_owner, durable: 3);
        Assert.Equal((0, true), (_list.Count, call.IsSettled));
    }

    [Fact]
    public void Lost_is_what_another_owner_acknowledged_than_the_one_that_has_its_state_now()
    {
        var (first, second, waiting) = (Add(4), Add(4), Add(1));
        _list.Acknowledge(second, _owner, version: 8, durable: 0, partitions: 1);
        _list.Acknowledge(first, _owner, version: 4, durable: 0, partitions: 1);
        Assert.Empty(_list.FindLost(_ => _owner, 1));
        Assert.Equal([first, second], _list.FindLost(_ => _other, 1));
        Assert.Equal([first, second], _list.FindLost(partition => partition == 0 ? _other : null, 1));
        var lost = _list.FindLost(partition => partition == 1 ? _other : null, 2);
        Assert.All(lost, part => Assert.Equal(1, TablePartition.IndexOf(part.Group.StateAt(0), 2)));
        Assert.Equal(
            Enumerable.Range(1, 8).Where(number => TablePartition.IndexOf(Given.State($"s{(number - 1) % 4}"), 2) == 1)
                .Select(number => (long)number),
            lost.SelectMany(Numbers));
        Assert.Equal(lost, _list.FindLost(partition => partition == 0 ? _owner : _other, 2));
        Assert.False(waiting.IsSettled);
    }

    [Fact]
    public void An_update_that_is_not_settled_for_long_keeps_the_floor_of_few_numbers()
    {
        var abandoned = Add(1);
        var sequences = new HashSet<NumberSequence> { abandoned.Numbers };
        for (var i = 0; i < 1_000; i++)
        {
            var next = Add(1);
            Assert.InRange(next.Group.Number - _list.SettledBelow(next), 0, 200);
            sequences.Add(next.Numbers);
            _list.GiveUp(next);
        }

        Assert.Equal((2, 1L), (sequences.Count, _list.SettledBelow(abandoned)));
        _list.Acknowledge(abandoned, _owner, version: 1, durable: 0, partitions: 1);
        Assert.Equal([abandoned], _list.FindLost(_ => _other, 1));
        _list.Settle(_owner, 1);
        Assert.Equal((0, 1_001L), (_list.Count, _list.Newest));
    }

    [Fact]
    public void A_hundredth_of_the_numbers_is_enough_when_it_is_not_settled_for_a_minute()
    {
        var abandoned = Add(1);
        _time.Advance(TimeSpan.FromMinutes(2));
        var (second, third, fourth) = (Add(1), Add(1), Add(1));
        Assert.Equal(
            (abandoned.Numbers, abandoned.Numbers, 1L), (second.Numbers, third.Numbers, fourth.Group.Number));
        Assert.NotEqual(abandoned.Numbers.ClientId, fourth.Numbers.ClientId);
    }

    private static UpdateGroup Group(int count) =>
        new() { Upserts = [.. Enumerable.Range(0, count).Select(i => Given.Value($"s{i}", "a", i))] };

    private static IEnumerable<long> Numbers(PendingUpdates pending) =>
        Enumerable.Range(0, pending.Group.Count).Select(pending.Group.NumberAt);

    private PendingUpdates Add(int count)
    {
        Assert.True(_list.TryReserve(count));
        return _list.Add([new UpdateCall(Group(count))])[0];
    }
}
