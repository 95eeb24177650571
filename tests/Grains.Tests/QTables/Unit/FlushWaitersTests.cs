using QLearning.Grains.QTables;

namespace QLearning.Grains.Tests.QTables.Unit;

/// <summary>Who waits for a commit ends with his own, not with another's.</summary>
public class FlushWaitersTests
{
    private static readonly StorageUnavailableException _refused = new("the row is not allowed");

    private readonly FlushWaiters _waiters = new();

    [Fact]
    public async Task A_waiter_ends_when_as_many_entries_are_stored_as_it_waits_for()
    {
        var (early, late) = (_waiters.Add(3, 1, 3), _waiters.Add(5, 4, 5));
        _waiters.Complete(2);
        Assert.False(early.IsCompleted);
        _waiters.Complete(4);
        Assert.Null(await early);
        Assert.False(late.IsCompleted);
        _waiters.Complete(5);
        Assert.Null(await late);
        Assert.False(_waiters.Any);
    }

    [Fact]
    public async Task A_refusal_ends_those_whose_updates_it_names()
    {
        var (first, second, all) = (_waiters.Add(9, 1, 3), _waiters.Add(9, 4, 5), _waiters.Add(9, 0, 9));
        _waiters.Refuse([4], _refused);
        Assert.Same(_refused, await second);
        Assert.Same(_refused, await all);
        Assert.False(first.IsCompleted);
        _waiters.Refuse([6, 7], _refused);
        Assert.False(first.IsCompleted);
        _waiters.Complete(9);
        Assert.Null(await first);
    }

    [Fact]
    public async Task A_failure_ends_all()
    {
        Task[] all = [_waiters.Add(1, 1, 1), _waiters.Add(9, 4, 5)];
        _waiters.FailAll(_refused);
        foreach (var one in all)
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => one);
        }

        Assert.False(_waiters.Any);
    }

    [Fact]
    public void Those_who_wait_for_the_same_share_one_wait()
    {
        Assert.Same(_waiters.Add(3, 1, 3), _waiters.Add(3, 1, 3));
        Assert.NotSame(_waiters.Add(3, 1, 3), _waiters.Add(3, 1, 2));
        Assert.NotSame(_waiters.Add(3, 1, 2), _waiters.Add(4, 1, 2));
    }
}
