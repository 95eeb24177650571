using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>What a caller is told of his updates when partitions did different things with them.</summary>
public class UpdateCallTests
{
    private static readonly WriteBacklogFullException _full = new("test-generator", 10, 10, TimeSpan.FromSeconds(1));
    private static readonly StorageUnavailableException _away = new("PostgreSQL is away");

    private readonly UpdateList _list = new(100, TimeProvider.System);
    private readonly UpdateCall _call = new(
        new UpdateGroup { Upserts = [.. Enumerable.Range(0, 6).Select(i => Given.Value($"s{i}", "a", i))] });

    [Fact]
    public void Results_stand_in_the_order_of_the_call()
    {
        foreach (var part in Parts())
        {
            Learn(part);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], _call.Finish().Select(result => result!.Value.QValue));
    }

    [Fact]
    public void Nothing_that_a_reward_did_which_was_recorded_before_is_an_answer_too()
    {
        _call.Learned(3, null);
        Assert.All(_call.Finish(), Assert.Null);
    }

    [Fact]
    public void Updates_that_are_kept_after_their_caller_has_the_answer_do_not_keep_his_call()
    {
        var pending = _list.Add([_call])[0];
        Assert.False(_call.IsSettled);
        _list.Acknowledge(pending, Guid.NewGuid(), version: 6, durable: 5, partitions: 1);
        Assert.Equal((null, false, true), (pending.Call, pending.IsSettled, _call.IsSettled));
    }

    [Fact]
    public void A_call_that_waits_until_its_updates_are_durable_is_kept_with_them()
    {
        var (owner, pending) = (Guid.NewGuid(), _list.Add([_call])[0]);
        _call.AwaitDurability("PostgreSQL is away");
        _list.Acknowledge(pending, owner, version: 6, durable: 5, partitions: 1);
        Assert.Equal((_call, false), (pending.Call, _call.IsSettled));
        _list.Settle(owner, durable: 6);
        Assert.True(_call.IsSettled);
    }

    [Fact]
    public void A_share_of_a_call_keeps_it_as_the_call_may_have_no_answer_yet()
    {
        var share = Parts()[0];
        _list.Acknowledge(share, Guid.NewGuid(), version: 6, durable: 5, partitions: 1);
        Assert.Equal((_call, false), (share.Call, share.IsSettled));
    }

    [Fact]
    public void When_all_is_refused_the_refusal_is_thrown_as_it_is()
    {
        foreach (var part in Parts())
        {
            _call.Fail(part, _full, mayBeLearned: false);
        }

        Assert.Same(_full, Assert.Throws<WriteBacklogFullException>(_call.Finish));
    }

    [Fact]
    public void When_one_partition_refuses_the_error_names_the_updates_that_were_not_learned()
    {
        var parts = Parts();
        Learn(parts[0]);
        _call.Fail(parts[1], _full, mayBeLearned: false);
        var error = Assert.Throws<PartlyLearnedException>(_call.Finish);
        Assert.Equal(Places(parts[1]), error.NotLearned);
        Assert.Same(_full, error.InnerException);
    }

    [Fact]
    public void Updates_that_may_have_been_learned_are_not_called_refused()
    {
        var parts = Parts();
        _call.Fail(parts[0], _full, mayBeLearned: false);
        _call.Fail(parts[1], new ClusterUnavailableException("not answered"), mayBeLearned: true);
        var error = Assert.Throws<PartlyLearnedException>(_call.Finish);
        Assert.Equal(Places(parts[0]), error.NotLearned);
        Assert.Equal(Places(parts[1]), error.MayBeLearned);
    }

    [Fact]
    public void What_was_learned_and_is_not_durable_is_said_to_be_so()
    {
        Parts().ForEach(Learn);
        _call.AwaitDurability("PostgreSQL is away");
        Assert.Equal("PostgreSQL is away", _call.Problem);
        _call.NotDurable(_away);
        Assert.Same(_away, Assert.Throws<StorageUnavailableException>(_call.Finish));
    }

    [Fact]
    public void What_was_learned_and_is_not_durable_is_not_called_refused_because_another_partition_refused()
    {
        var parts = Parts();
        Learn(parts[0]);
        _call.Fail(parts[1], _full, mayBeLearned: false);
        _call.NotDurable(_away);
        // Sent again as a whole, the updates of the first partition would count twice.
        Assert.Equal(Places(parts[1]), Assert.Throws<PartlyLearnedException>(_call.Finish).NotLearned);
    }

    [Fact]
    public void A_call_is_settled_when_each_of_its_parts_is()
    {
        var parts = Parts();
        Assert.False(_call.IsSettled);
        _list.Acknowledge(parts[0], Guid.NewGuid(), 1, 1, partitions: 2);
        Assert.False(_call.IsSettled);
        _list.GiveUp(parts[1]);
        Assert.True(_call.IsSettled);
    }

    private static IEnumerable<int> Places(PendingUpdates part) => Enumerable.Range(0, part.Group.Count).Select(part.PlaceInCall);

    private List<PendingUpdates> Parts()
    {
        Assert.True(_list.TryReserve(6));
        var parts = _list.Divide(_list.Add([_call])[0], 2).Select(part => part.Updates).ToList();
        Assert.Equal(2, parts.Count);
        return parts;
    }

    private void Learn(PendingUpdates part)
    {
        for (var i = 0; i < part.Group.Count; i++)
        {
            _call.Learned(part.PlaceInCall(i), new LearnResult(part.Group.Upserts[i].Value, 1, 0, 1, 1));
        }
    }
}
