namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins the way of changes to the database: taken, then completed or returned.</summary>
public sealed class QTableChangesTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    private QTable Table => _fixture.Table;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_new_entry_is_an_insert_with_all_its_values()
    {
        Table.Set(TableFixture.State(1), "{\"s\":1}", TableFixture.Action(1), "{\"a\":1}", 1.23456789);
        var change = Table.TakeChanges(10)[0];
        var expected = new QChange(
            0, TableFixture.State(1), "{\"s\":1}", TableFixture.Action(1), "{\"a\":1}", 1.234568, 1, 0.5, 0.5,
            TableFixture.Start + TableFixture.TimeToLive, TableFixture.Start + TableFixture.TimeToLive);
        Assert.Equal(expected, change);
        Assert.Equal(1.23456789, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_stored_entry_is_an_update_of_its_row()
    {
        _fixture.Set(1, 1, 1);
        _fixture.Flush(firstRowId: 70);
        _fixture.Set(1, 1, 2);
        var change = Table.TakeChanges(10)[0];
        Assert.Equal((70, 2.0, 2, 0.51, 0.49), (change.RowId, change.Value, change.VisitCount, change.Confidence, change.Uncertainty));
        Assert.Null(change.ExpiresAt);
        Assert.Null(change.StateJson);
    }

    [Fact]
    public void Changes_are_taken_in_the_order_they_were_made_and_never_more_than_asked()
    {
        foreach (var state in Enumerable.Range(1, 100))
        {
            _fixture.Set(state, 1, state);
        }

        Assert.Equal([1, 2, 3], Values(Table.TakeChanges(3)));
        Assert.Equal((97, 100), (Table.DirtyCount, Table.BacklogCount));
        Assert.Equal(Enumerable.Range(4, 97).Select(value => (double)value), Values(Table.TakeChanges(1000)));
        Assert.Equal((0, 100), (Table.DirtyCount, Table.BacklogCount));
        Assert.Empty(Table.TakeChanges(1000));
        Assert.Empty(Table.TakeChanges(0));
    }

    [Fact]
    public void A_batch_keeps_the_values_it_was_taken_with()
    {
        _fixture.Set(1, 1, 1);
        var changes = Table.TakeChanges(10);
        _fixture.Set(1, 1, 2);
        Assert.Equal((1.0, 1), (changes[0].Value, changes[0].VisitCount));
        Assert.Equal((1, 1), (Table.DirtyCount, Table.BacklogCount));
        Table.Complete(changes, new Dictionary<int, long> { [0] = 5 });
        Assert.Equal((1, 1), (Table.DirtyCount, Table.BacklogCount));
        var next = Table.TakeChanges(10);
        Assert.Equal((5, 2.0), (next[0].RowId, next[0].Value));
        Table.Complete(next, new Dictionary<int, long>());
        Assert.Equal((0, 0), (Table.DirtyCount, Table.BacklogCount));
    }

    [Fact]
    public void An_entry_in_flight_waits_for_its_batch_to_end()
    {
        _fixture.Set(1, 1, 1);
        var first = Table.TakeChanges(10);
        _fixture.Set(1, 1, 2);
        _fixture.Set(2, 1, 3);
        Assert.Equal([3], Values(Table.TakeChanges(10)));
        Assert.Equal(1, Table.DirtyCount);
        Table.Complete(first, new Dictionary<int, long> { [0] = 5 });
        Assert.Equal([2], Values(Table.TakeChanges(10)));
    }

    [Fact]
    public void A_returned_batch_goes_before_later_changes_and_with_its_newest_values()
    {
        _fixture.Set(1, 1, 1);
        _fixture.Set(2, 1, 2);
        var changes = Table.TakeChanges(10);
        _fixture.Set(3, 1, 3);
        _fixture.Set(2, 1, 4);
        Table.Return(changes);
        Assert.Equal((3, 3), (Table.DirtyCount, Table.BacklogCount));
        Assert.Equal([1, 3, 4], Values(Table.TakeChanges(10)));
    }

    [Fact]
    public void A_returned_change_still_writes_its_expiry()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Time.Advance(TimeSpan.FromDays(10));
        _fixture.Set(1, 1, 2);
        var changes = Table.TakeChanges(1);
        var expiry = changes[0].ExpiresAt;
        Assert.NotNull(expiry);
        Table.Return(changes);
        Assert.Equal(expiry, Table.TakeChanges(1)[0].ExpiresAt);
    }

    [Fact]
    public void State_JSON_goes_with_every_insert_and_leaves_memory_when_all_are_stored()
    {
        Table.Set(TableFixture.State(1), "{}", TableFixture.Action(1), null, 1);
        var first = Table.TakeChanges(10);
        Table.Set(TableFixture.State(1), null, TableFixture.Action(2), null, 2);
        Table.Complete(first, new Dictionary<int, long> { [0] = 5 });
        Assert.Equal("{}", Table.Find(TableFixture.State(1))!.PendingJson);
        var second = Table.TakeChanges(10);
        Assert.Equal("{}", second[0].StateJson);
        Table.Complete(second, new Dictionary<int, long> { [0] = 6 });
        Assert.Null(Table.Find(TableFixture.State(1))!.PendingJson);
    }

    [Fact]
    public void State_JSON_that_is_short_goes_with_an_update_of_a_stored_row_and_leaves_memory_with_it()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        Table.Set(TableFixture.State(1), "{}", TableFixture.Action(1), null, 3);
        var changes = Table.TakeChanges(10);
        Assert.Equal((1, "{}"), (changes[0].RowId, changes[0].StateJson));
        Table.Set(TableFixture.State(1), "{}", TableFixture.Action(1), null, 4);
        Table.Complete(changes, new Dictionary<int, long>());
        changes = Table.TakeChanges(10);
        Assert.Equal("{}", changes[0].StateJson);
        Table.Complete(changes, new Dictionary<int, long>());
        Assert.Null(Table.Find(TableFixture.State(1))!.PendingJson);
        Table.Set(TableFixture.State(1), $"\"{new string('x', 2000)}\"", TableFixture.Action(1), null, 5);
        Assert.Null(Table.TakeChanges(10)[0].StateJson);
    }

    [Fact]
    public void State_JSON_of_any_length_goes_with_an_update_that_starts_over_an_expired_row()
    {
        var json = $"\"{new string('x', 2000)}\"";
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Time.Advance(TimeSpan.FromDays(400));
        Table.Set(TableFixture.State(1), json, TableFixture.Action(1), null, 3);
        Assert.Equal((1, json), (Table.TakeChanges(10)[0].RowId, Table.Find(TableFixture.State(1))!.PendingJson));
    }

    [Fact]
    public void State_JSON_survives_a_failed_flush()
    {
        Table.Set(TableFixture.State(1), "{}", TableFixture.Action(1), null, 1);
        Table.Return(Table.TakeChanges(10));
        Assert.Equal("{}", Table.TakeChanges(10)[0].StateJson);
    }

    [Fact]
    public void A_row_that_was_deleted_and_inserted_again_is_updated_under_its_new_id_from_then_on()
    {
        _fixture.Set(1, 1, 1);
        _fixture.Flush(firstRowId: 70);
        _fixture.Time.Advance(TimeSpan.FromHours(12));
        _fixture.Set(1, 1, 2);
        var changes = Table.TakeChanges(10);
        // An update of a row that is there leaves its expiry alone; inserted again, it gets the one that memory has.
        Assert.Equal(
            (70, null, TableFixture.Start + TableFixture.TimeToLive), (changes[0].RowId, changes[0].ExpiresAt, changes[0].KnownExpiry));
        Table.Complete(changes, new Dictionary<int, long> { [0] = 71 });
        Assert.Equal((0, 0), (Table.DirtyCount, Table.BacklogCount));
        _fixture.Set(1, 1, 3);
        Assert.Equal(71, Table.TakeChanges(10)[0].RowId);
    }

    [Fact]
    public void A_batch_takes_no_more_bytes_than_asked_but_never_nothing()
    {
        var json = $"\"{new string('x', 998)}\"";
        foreach (var state in Enumerable.Range(1, 5))
        {
            Table.Set(TableFixture.State(state), json, TableFixture.Action(1), "1", state);
        }

        var first = Table.TakeChanges(10, maxBytes: 2_500);
        Assert.Equal([1, 2], Values(first));
        Assert.InRange(first.Bytes, 2_000, 2_500);
        Assert.Equal([3], Values(Table.TakeChanges(10, maxBytes: 1)));
        Assert.Equal([4], Values(Table.TakeChanges(1, maxBytes: 1L << 30)));
        Assert.Equal([5], Values(Table.TakeChanges(10, maxBytes: 1_500)));
    }

    [Fact]
    public void A_change_of_a_stored_row_takes_few_bytes_whatever_its_state_is()
    {
        Table.Set(TableFixture.State(1), $"\"{new string('x', 998)}\"", TableFixture.Action(1), null, 1);
        Assert.InRange(Table.BacklogBytes, 1_000, 1_500);
        _fixture.Flush();
        Assert.Equal(0, Table.BacklogBytes);
        Table.Set(TableFixture.State(1), $"\"{new string('x', 998)}\"", TableFixture.Action(1), null, 2);
        Assert.InRange(Table.BacklogBytes, 1, 500);
        Assert.InRange(Table.TakeChanges(1).Bytes, 1, 500);
    }

    [Fact]
    public void A_batch_ends_once()
    {
        _fixture.Set(1, 1, 1);
        var changes = Table.TakeChanges(10);
        Table.Return(changes);
        Assert.Throws<InvalidOperationException>(() => Table.Return(changes));
        Assert.Throws<InvalidOperationException>(() => Table.Complete(changes, new Dictionary<int, long>()));
    }

    private static IEnumerable<double> Values(QChanges changes) =>
        Enumerable.Range(0, changes.Count).Select(index => changes[index].Value);
}
