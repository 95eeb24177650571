using Microsoft.Extensions.Time.Testing;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.QTables.Unit;

/// <summary>What a flusher hands over and when: bounded batches, one at a time, and each waiter ends with its own commit.</summary>
public sealed class QTableFlusherTests
{
    [Fact]
    public async Task A_change_is_handed_over_at_the_flush_interval_with_the_owner_and_the_numbers_that_are_in_it()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        fixture.Change(1);
        Assert.Equal(fixture.Options.FlushInterval, fixture.Due);
        Assert.Empty(fixture.Pump.Batches);
        fixture.Flusher.OnTimer();
        var batch = Assert.Single(fixture.Pump.Batches);
        Assert.Equal(["s1", "s2"], fixture.States(0));
        Assert.Equal((7L, FlusherFixture.Owner.Id, 1L), (batch.Epoch, batch.OwnerId, batch.Watermark));
        var window = Assert.Single(batch.Clients);
        Assert.Equal((FlusherFixture.Client, 3L), (window.ClientId, window.Floor));
        Assert.Equal((0L, 0L), (fixture.Table.DurableUpdate, fixture.Flusher.Watermark));
        await fixture.CommittedAsync();
        Assert.Equal((3L, 1L, 2L), (fixture.Table.DurableUpdate, fixture.Flusher.Watermark, fixture.Flusher.Written));
    }

    [Fact]
    public async Task One_batch_is_in_flight_and_what_changes_meanwhile_belongs_to_the_next()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        fixture.Change(1);
        fixture.Change(2);
        fixture.Flusher.OnTimer();
        Assert.Equal(1, fixture.Pump.UnderWay);
        await fixture.CommittedAsync();
        // No caller waits for it, so it goes at the next interval.
        Assert.Equal((0, fixture.Options.FlushInterval), (fixture.Pump.UnderWay, fixture.Due));
        fixture.Flusher.OnTimer();
        Assert.Equal(["s1", "s2"], fixture.States(1));
        Assert.Equal(2, fixture.Pump.Batches[1].Watermark);
    }

    [Fact]
    public async Task Batches_are_bounded_by_rows_and_a_commit_waits_for_the_last_of_them()
    {
        using var fixture = new FlusherFixture(options => options.MaxRowsPerBatch = 3);
        Enumerable.Range(1, 8).ToList().ForEach(state => fixture.Change(state));
        var commit = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await fixture.CommittedAsync();
        Assert.False(commit.IsCompleted);
        Assert.Equal(6, fixture.Table.DurableUpdate);
        await fixture.CommittedAsync();
        await commit;
        Assert.Equal([3, 3, 2], fixture.Pump.Batches.Select(batch => batch.Writes.Count));
        Assert.Equal([3, 6, 8], fixture.Pump.Batches.Select(batch => batch.Clients[0].Floor));
    }

    [Fact]
    public async Task Batches_are_bounded_by_bytes_but_never_empty()
    {
        using var fixture = new FlusherFixture(options => options.MaxBytesPerBatch = 2_500);
        var json = $"\"{new string('x', 1_000)}\"";
        Enumerable.Range(1, 4).ToList().ForEach(state => fixture.Change(state, json));
        fixture.Change(5, $"\"{new string('x', 9_000)}\"");
        var commit = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await fixture.CommittedAsync();
        await fixture.CommittedAsync();
        await commit;
        Assert.Equal([2, 2, 1], fixture.Pump.Batches.Select(batch => batch.Writes.Count));
    }

    [Fact]
    public async Task A_full_batch_goes_on_to_the_next_without_waiting_for_the_interval()
    {
        using var fixture = new FlusherFixture(options => options.MaxRowsPerBatch = 2);
        Enumerable.Range(1, 5).ToList().ForEach(state => fixture.Change(state));
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync();
        Assert.Equal((2, 1), (fixture.Pump.Batches.Count, fixture.Pump.UnderWay));
        await fixture.CommittedAsync();
        Assert.Equal((0, fixture.Options.FlushInterval), (fixture.Pump.UnderWay, fixture.Due));
    }

    [Fact]
    public async Task Each_waiter_ends_with_its_own_commit()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        var first = fixture.Flusher.CommitAsync();
        fixture.Change(1);
        var second = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await first;
        Assert.False(second.IsCompleted);
        await fixture.CommittedAsync();
        await second;
        Assert.Equal(2, fixture.Pump.Batches.Count);
    }

    [Fact]
    public async Task With_nothing_to_write_a_commit_ends_at_once()
    {
        using var fixture = new FlusherFixture();
        Assert.Null(await fixture.Flusher.CommitAsync(1, 1));
        Assert.Empty(fixture.Pump.Batches);
    }

    [Fact]
    public async Task A_refused_row_fails_only_those_who_wait_for_it()
    {
        using var fixture = new FlusherFixture();
        var (good, bad) = (fixture.Change(1), fixture.Change(2));
        var waiting = new[] { fixture.Flusher.CommitAsync(good, good), fixture.Flusher.CommitAsync(bad, bad) };
        var all = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync(leftOut: 1);
        Assert.Null(await waiting[0]);
        Assert.Contains(
            "store 1 of 2 Q-values", Assert.IsType<StorageUnavailableException>(await waiting[1]).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => all);
        Assert.Equal((1, 1L, 1L), (fixture.Refused, fixture.Backlog.Refused, fixture.Flusher.Written));
        Assert.Equal((1, 1, 1L), (fixture.Table.BacklogCount, fixture.Table.RefusedCount, fixture.Table.DurableUpdate));
        // The next update of it tries it again.
        fixture.Change(2);
        fixture.Flusher.OnTimer();
        Assert.Equal(0, Assert.Single(fixture.Pump.Batches[1].Writes).RowId);
    }

    [Fact]
    public async Task A_commit_of_updates_that_were_refused_is_refused_at_once_and_ends_well_when_their_row_is_changed_and_stored()
    {
        using var fixture = new FlusherFixture();
        var (good, bad) = (fixture.Change(1), fixture.Change(2));
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync(leftOut: 1);
        Assert.Equal(0L, fixture.Pump.Batches[0].ClientsWithout!([0, 1]).Single().Floor);
        Assert.Equal(1L, fixture.Pump.Batches[0].ClientsWithout!([1]).Single().Floor);
        Assert.IsType<StorageUnavailableException>(await fixture.Flusher.CommitAsync(bad, bad));
        Assert.Null(await fixture.Flusher.CommitAsync(good, good));
        fixture.Change(2);
        var commit = fixture.Flusher.CommitAsync(bad, bad);
        Assert.False(commit.IsCompleted);
        await fixture.CommittedAsync();
        Assert.Null(await commit);
        Assert.Equal((0, 3L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
        Assert.Equal(3, fixture.Pump.Batches[1].Clients.Single().Floor);
    }

    [Fact]
    public async Task Refused_rows_are_tried_again_by_themselves_less_and_less_often()
    {
        var time = new FakeTimeProvider();
        using var fixture = new FlusherFixture(time: time);
        fixture.Change(1);
        fixture.Change(2);
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync(leftOut: 1);
        var pauses = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            pauses.Add(fixture.Due!.Value.TotalSeconds);
            time.Advance(fixture.Due.Value);
            fixture.Flusher.OnTimer();
            Assert.Equal(["s2"], fixture.States(fixture.Pump.Batches.Count - 1));
            await fixture.EndedAsync(FlushStatus.Refused);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60], pauses);
        // What is changed meanwhile does not wait for them.
        fixture.Change(3);
        Assert.Equal(fixture.Options.FlushInterval, fixture.Due);
        fixture.Flusher.OnTimer();
        Assert.Equal(["s3"], fixture.States(fixture.Pump.Batches.Count - 1));
        await fixture.CommittedAsync();
        Assert.Equal(TimeSpan.FromMinutes(1), fixture.Due);
        time.Advance(TimeSpan.FromMinutes(1));
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync();
        Assert.Equal((0, 3L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task When_refused_rows_are_taken_again_the_others_follow_at_once_more_at_a_time()
    {
        var time = new FakeTimeProvider();
        using var fixture = new FlusherFixture(time: time);
        Enumerable.Range(0, 101).ToList().ForEach(state => fixture.Change(state));
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync([.. Enumerable.Range(1, 100)]);
        var flush = fixture.Flusher.CommitAsync();
        for (var i = 0; i < 3; i++)
        {
            await fixture.CommittedAsync();
        }

        await flush;
        Assert.Equal([101, 16, 32, 52], fixture.Pump.Batches.Select(batch => batch.Writes.Count));
        Assert.Equal((0, 101L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task A_flush_that_is_asked_for_tries_refused_rows_again_and_says_when_they_are_refused_again()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync(leftOut: 1);
        var flush = fixture.Flusher.CommitAsync();
        Assert.Equal(["s2"], fixture.States(1));
        await fixture.EndedAsync(FlushStatus.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => flush);
        flush = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await flush;
        Assert.Equal(0, fixture.Table.BacklogCount);
    }

    [Fact]
    public async Task Rows_are_released_although_some_are_refused_and_their_loss_is_told()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        var release = fixture.Flusher.ReleaseAsync(TimeSpan.FromMinutes(1));
        await fixture.CommittedAsync(leftOut: 1);
        await fixture.HandedOverAsync();
        Assert.Equal(["s2"], fixture.States(1));
        await fixture.EachRefusedAsync();
        await release;
        Assert.Equal((true, 1, 0L), (fixture.Flusher.IsFenced, fixture.Lost, fixture.Backlog.QValues));
    }

    [Fact]
    public async Task Rows_that_are_taken_when_they_are_tried_before_the_release_are_not_lost()
    {
        using var fixture = new FlusherFixture(time: new FakeTimeProvider());
        Enumerable.Range(0, 41).ToList().ForEach(state => fixture.Change(state));
        var release = fixture.Flusher.ReleaseAsync(TimeSpan.FromMinutes(1));
        await fixture.CommittedAsync([.. Enumerable.Range(1, 40)]);
        // The first of them is refused for ever; the others were because of a row that another program had.
        await fixture.HandedOverAsync();
        await fixture.CommittedAsync(leftOut: 0);
        await fixture.HandedOverAsync();
        await fixture.CommittedAsync();
        await fixture.HandedOverAsync();
        await fixture.CommittedAsync(leftOut: 8);
        await release;
        Assert.Equal([41, 16, 16, 9], fixture.Pump.Batches.Select(batch => batch.Writes.Count));
        Assert.Equal((true, 1), (fixture.Flusher.IsFenced, fixture.Lost));
    }

    [Fact]
    public async Task Rows_that_are_each_refused_wait_beside_the_queue_and_keep_nothing_from_being_done()
    {
        var time = new FakeTimeProvider();
        using var fixture = new FlusherFixture(time: time);
        fixture.Change(1);
        var place = fixture.Change(2);
        var commit = fixture.Flusher.CommitAsync(place, place);
        var held = fixture.Flusher.WhileHeldAsync(() => Task.FromResult(7), TimeSpan.FromMinutes(1));
        await fixture.EachRefusedAsync();
        Assert.IsType<StorageUnavailableException>(await commit);
        Assert.Equal(7, await held);
        Assert.Equal((0, 2, 0L), (fixture.Table.DirtyCount, fixture.Table.RefusedCount, fixture.Flusher.Watermark));
        time.Advance(fixture.Due!.Value);
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync();
        Assert.Equal((0, 2L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task A_flush_that_waits_for_refused_rows_ends_when_they_are_forgotten()
    {
        using var fixture = new FlusherFixture();
        var forgetting = new TaskCompletionSource<int>();
        var (held, flush) = await HoldRefusedAsync(fixture, forgetting);
        fixture.Table.Forget(StateKey.Parse("s1"), null);
        forgetting.SetResult(1);
        await held;
        await flush.WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((0, 1L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task A_flush_that_waits_for_a_refused_row_ends_when_that_is_changed_and_stored()
    {
        using var fixture = new FlusherFixture();
        var forgetting = new TaskCompletionSource<int>();
        var (held, flush) = await HoldRefusedAsync(fixture, forgetting);
        fixture.Change(1);
        forgetting.SetResult(1);
        await held;
        await fixture.HandedOverAsync();
        await fixture.CommittedAsync();
        await flush.WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((0, 2L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task Late_rewards_count_in_the_size_of_a_flush_and_of_the_backlog()
    {
        using var fixture = new FlusherFixture(
            options => (options.MaxBytesPerBatch, options.MaxBacklogBytes) = (4 * RewardWrite.ByteCount, 20 * RewardWrite.ByteCount));
        fixture.Reward(1, 3);
        fixture.Reward(2, 3);
        fixture.Reward(3, 10);
        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(1, 4 * RewardWrite.ByteCount));
        // The silo hears of it in steps of some kilobytes; without the rewards it were a thousand bytes.
        Assert.InRange(fixture.Backlog.Bytes, 2_000, 20 * RewardWrite.ByteCount);
        var commit = fixture.Flusher.CommitAsync();
        for (var i = 0; i < 3; i++)
        {
            await fixture.CommittedAsync();
        }

        await commit;
        Assert.Equal([3, 3, 10], fixture.Pump.Batches.Select(batch => batch.Rewards.Count));
        Assert.Equal((0L, 0L), (fixture.Backlog.Bytes, fixture.Rewards.ByteCount));
        fixture.Flusher.CheckRoom(1, 19 * RewardWrite.ByteCount);
    }

    [Fact]
    public async Task Updates_of_one_Q_value_that_are_not_stored_fill_the_backlog_too()
    {
        using var fixture = new FlusherFixture(options => options.MaxBacklogBytes = 10_000);
        for (var i = 0; i < 240; i++)
        {
            fixture.Change(1);
        }

        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(20, 0));
        var commit = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await commit;
        fixture.Flusher.CheckRoom(20, 0);
    }

    [Fact]
    public async Task Whatever_is_thrown_while_a_batch_is_handed_over_reaches_the_waiters_and_the_next_try_writes_it()
    {
        using var fixture = new FlusherFixture();
        fixture.Pump.Thrown = new InsufficientMemoryException("no memory");
        fixture.Change(1);
        var commit = fixture.Flusher.CommitAsync();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => commit).WaitAsync(Eventually.DefaultDeadline);
        Assert.Contains("no memory", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, fixture.Options.MaxRetryDelay), (fixture.Table.DirtyCount, fixture.Due));
        fixture.Pump.Thrown = null;
        commit = fixture.Flusher.CommitAsync();
        await fixture.CommittedAsync();
        await commit;
        Assert.Equal((0, 1L), (fixture.Table.BacklogCount, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task A_row_that_is_refused_again_and_again_is_tried_less_often_and_at_once_when_it_is_changed()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        var pauses = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            fixture.Flusher.OnTimer();
            await fixture.EndedAsync(FlushStatus.Refused);
            pauses.Add(fixture.Due!.Value.TotalSeconds);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60], pauses);
        fixture.Change(1);
        Assert.Equal(fixture.Options.FlushInterval, fixture.Due);
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync();
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        await fixture.EndedAsync(FlushStatus.Refused);
        Assert.Equal(fixture.Options.MaxRetryDelay, fixture.Due);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_changed_is_not_kept_waiting_by_earlier_refusals(bool isChangedUnderWay)
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        for (var i = 0; i < 5; i++)
        {
            fixture.Flusher.OnTimer();
            await fixture.EndedAsync(FlushStatus.Refused);
        }

        if (!isChangedUnderWay)
        {
            fixture.Change(2);
        }

        fixture.Flusher.OnTimer();
        if (isChangedUnderWay)
        {
            fixture.Change(2);
        }

        await fixture.EndedAsync(FlushStatus.Refused);
        Assert.Equal(fixture.Options.MaxRetryDelay, fixture.Due);
    }

    [Fact]
    public async Task Many_rows_that_are_all_refused_are_not_tried_at_once_when_one_is_changed()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        for (var i = 0; i < 3; i++)
        {
            fixture.Flusher.OnTimer();
            await fixture.EndedAsync(FlushStatus.Refused);
        }

        fixture.Change(3);
        Assert.Equal(fixture.Options.MaxRetryDelay, fixture.Due);
    }

    [Fact]
    public async Task A_batch_names_the_flush_before_it_that_is_committed()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        await fixture.CommittedAsync();
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        await fixture.EndedAsync(FlushStatus.Abandoned);
        fixture.Flusher.OnTimer();
        Assert.Equal([(1L, 0L), (2L, 1L), (3L, 1L)], fixture.Pump.Batches.Select(batch => (batch.Watermark, batch.After)));
    }

    [Fact]
    public async Task A_batch_that_was_not_written_is_handed_over_again_under_a_higher_number()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        var commit = fixture.Flusher.CommitAsync();
        fixture.Change(3);
        await fixture.EndedAsync(FlushStatus.Abandoned);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => commit);
        Assert.Equal((0L, 3, fixture.Options.MaxRetryDelay), (fixture.Table.DurableUpdate, fixture.Table.DirtyCount, fixture.Due));
        var next = fixture.Flusher.CommitAsync();
        Assert.Equal(["s1", "s2", "s3"], fixture.States(1));
        Assert.True(fixture.Pump.Batches[1].Watermark > fixture.Pump.Batches[0].Watermark);
        Assert.Equal(3, fixture.Pump.Batches[1].Clients[0].Floor);
        await fixture.CommittedAsync();
        await next;
        Assert.Equal(3, fixture.Table.DurableUpdate);
    }

    [Fact]
    public async Task A_fenced_owner_fails_its_waiters_takes_no_changes_and_writes_nothing_more()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        var commit = fixture.Flusher.CommitAsync();
        fixture.Change(2);
        Assert.Equal(2, fixture.Backlog.QValues);
        await fixture.EndedAsync(FlushStatus.Fenced);
        await Assert.ThrowsAsync<FencedException>(() => commit);
        Assert.Equal((true, true, 0L), (fixture.HeardFenced, fixture.Flusher.IsFenced, fixture.Backlog.QValues));
        Assert.Throws<FencedException>(fixture.Flusher.CheckOwner);
        await Assert.ThrowsAsync<FencedException>(fixture.Flusher.CommitAsync);
        fixture.Flusher.OnTimer();
        Assert.Single(fixture.Pump.Batches);
        Assert.Equal(0, fixture.Table.DurableUpdate);
    }

    [Fact]
    public async Task Released_rows_are_written_first_and_changes_are_refused_only_while_the_last_of_them_are()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        var release = fixture.Flusher.ReleaseAsync(TimeSpan.FromMinutes(1));
        fixture.Flusher.CheckOwner();
        fixture.Change(2);
        await fixture.CommittedAsync();
        await Eventually.Holds(() => Record.Exception(fixture.Flusher.CheckOwner) is FencedException, "changes to be refused");
        await fixture.HandedOverAsync();
        Assert.False(release.IsCompleted);
        await fixture.CommittedAsync();
        await release;
        Assert.Equal(
            (true, false, 0L, 2L), (fixture.Flusher.IsFenced, fixture.HeardFenced, fixture.Backlog.QValues, fixture.Table.DurableUpdate));
    }

    [Fact]
    public async Task Rows_that_cannot_be_written_in_time_stay_with_their_owner()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        var release = fixture.Flusher.ReleaseAsync(TimeSpan.FromMilliseconds(20));
        fixture.Change(2);
        await fixture.CommittedAsync();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => release);
        Assert.Contains("It keeps its rows", error.Message, StringComparison.Ordinal);
        fixture.Flusher.CheckOwner();
        Assert.False(fixture.Flusher.IsFenced);
        await fixture.CommittedAsync();
        Assert.Equal(2, fixture.Table.DurableUpdate);
    }

    [Fact]
    public void A_grain_stays_alive_while_its_changes_are_under_way()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        Assert.Equal((0, TimeSpan.FromMinutes(1)), (fixture.StaysAlive, fixture.Due));
        fixture.Flusher.OnTimer();
        fixture.Flusher.OnTimer();
        Assert.Equal((2, 1), (fixture.StaysAlive, fixture.Pump.UnderWay));
    }

    [Fact]
    public async Task A_backlog_is_full_by_rows_or_by_bytes_until_it_is_written()
    {
        using var fixture = new FlusherFixture(options => (options.MaxBacklog, options.MaxBacklogBytes) = (3, 5_000));
        fixture.Flusher.CheckRoom(3, 0);
        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(4, 0));
        fixture.Change(1, $"\"{new string('x', 3_000)}\"");
        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(3, 0));
        fixture.Flusher.CheckRoom(2, 1_000);
        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(1, 3_000));
        var commit = fixture.Flusher.CommitAsync();
        Assert.Throws<WriteBacklogFullException>(() => fixture.Flusher.CheckRoom(3, 0));
        await fixture.CommittedAsync();
        await commit;
        fixture.Flusher.CheckRoom(3, 4_000);
        Assert.Equal(0, fixture.Backlog.QValues);
    }

    [Fact]
    public void What_waits_when_the_owner_ends_counts_for_the_silo_no_longer()
    {
        using var fixture = new FlusherFixture();
        fixture.Change(1);
        fixture.Change(2);
        Assert.Equal(2, fixture.Backlog.QValues);
        fixture.Flusher.Dispose();
        Assert.Equal(0, fixture.Backlog.QValues);
    }

    /// <summary>A row that was refused, changes that are held up until the test says so, and a flush that waits for the row.</summary>
    private static async Task<(Task Held, Task Flush)> HoldRefusedAsync(FlusherFixture fixture, TaskCompletionSource<int> forgetting)
    {
        fixture.Change(1);
        fixture.Flusher.OnTimer();
        await fixture.EachRefusedAsync();
        var held = fixture.Flusher.WhileHeldAsync(() => forgetting.Task, TimeSpan.FromMinutes(1));
        await fixture.EachRefusedAsync();
        await Eventually.Holds(() => fixture.Flusher.IsHeld, "changes to be held up");
        return (held, fixture.Flusher.CommitAsync());
    }
}
