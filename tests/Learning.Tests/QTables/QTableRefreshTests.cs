namespace QLearning.Learning.Tests.QTables;

/// <summary>What other programs wrote is taken over, but never instead of what memory learned meanwhile.</summary>
public sealed class QTableRefreshTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    private QTable Table => _fixture.Table;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_foreign_change_is_taken()
    {
        Table.Load(TableFixture.Stored(1, 1, 10, visits: 3));
        Refresh([1], TableFixture.Stored(1, 1, 11, visits: 7));
        Assert.Equal((11.0, 7, 7L), (_fixture.Entry(1, 1).QValue, _fixture.Entry(1, 1).VisitCount, Table.VisitTotal));
    }

    [Theory]
    [InlineData(1.88160055, 1.881601)]
    [InlineData(-0.0000004, 0)]
    [InlineData(999_999.9999987, 999_999.999999)]
    public void Digits_that_the_database_does_not_hold_stay(double learned, double stored)
    {
        _fixture.Set(1, 1, learned);
        _fixture.Flush();
        Refresh([1], TableFixture.Stored(1, 1, stored));
        Assert.Equal(learned, _fixture.Entry(1, 1).QValue);
        Refresh([1], TableFixture.Stored(1, 1, stored - 0.000001));
        Assert.Equal(stored - 0.000001, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void What_was_learned_in_memory_and_not_stored_wins()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        Refresh([1], TableFixture.Stored(1, 1, 13));
        Assert.Equal(12, _fixture.Entry(1, 1).QValue);
        Assert.Equal(1, Table.BacklogCount);
    }

    [Fact]
    public void What_was_learned_and_stored_while_the_rows_were_read_wins()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        using (var refresh = Table.BeginRefresh([TableFixture.State(1)]))
        {
            _fixture.Set(1, 1, 12);
            _fixture.Flush();
            refresh.Take(TableFixture.Stored(1, 1, 10));
            refresh.Complete();
        }

        Assert.Equal(12, _fixture.Entry(1, 1).QValue);
        Refresh([1], TableFixture.Stored(1, 1, 13));
        Assert.Equal(13, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_change_that_was_in_flight_when_the_reading_began_wins()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        var changes = Table.TakeChanges(1);
        using (var refresh = Table.BeginRefresh([TableFixture.State(1)]))
        {
            Table.Complete(changes, new Dictionary<int, long>());
            refresh.Take(TableFixture.Stored(1, 1, 10));
            refresh.Complete();
        }

        Assert.Equal(12, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_row_that_is_gone_from_the_database_leaves_memory()
    {
        Table.Load(TableFixture.Stored(1, 1, 10, rowId: 1));
        Table.Load(TableFixture.Stored(1, 2, 20, rowId: 2));
        Refresh([1], TableFixture.Stored(1, 1, 10, rowId: 1));
        Assert.Equal("a1", _fixture.BestKey(1));
        Assert.Equal((1, 1L), (Table.QValueCount, Table.VisitTotal));
        Refresh([1]);
        Assert.False(Table.TryGetBest(TableFixture.State(1), out _));
        Assert.Equal((0, 0L), (Table.QValueCount, Table.VisitTotal));
    }

    [Fact]
    public void A_gone_row_beside_one_that_is_busy_counts_as_absent_and_starts_over()
    {
        Table.Load(TableFixture.Stored(1, 1, 10, rowId: 1, visits: 5));
        _fixture.Set(1, 2, 1);
        Refresh([1]);
        Assert.Equal("a2", _fixture.BestKey(1));
        Assert.Equal(1, Table.VisitTotal);
        _fixture.Set(1, 1, 30);
        Assert.Equal((1, 0L), (_fixture.Entry(1, 1).VisitCount, Table.TakeChanges(9)[1].RowId));
        Assert.Equal(2, Table.VisitTotal);
    }

    [Fact]
    public void A_gone_row_that_is_dirty_stays()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        Refresh([1]);
        Assert.Equal((12.0, 2), (_fixture.Entry(1, 1).QValue, _fixture.Entry(1, 1).VisitCount));
    }

    [Fact]
    public void Without_its_end_a_refresh_lets_nothing_vanish()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        using (Table.BeginRefresh([TableFixture.State(1)]))
        {
        }

        Assert.Equal(10, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void A_refresh_takes_states_that_memory_did_not_know()
    {
        using (var refresh = Table.BeginRefresh([TableFixture.State(3), TableFixture.State(4)]))
        {
            refresh.Take(TableFixture.Stored(3, 1, 30, rowId: 3));
            _fixture.Set(4, 1, 40);
            refresh.Take(TableFixture.Stored(4, 1, 41, rowId: 4));
            Assert.Equal([TableFixture.State(4)], refresh.Complete());
        }

        Assert.Equal((30.0, 40.0), (_fixture.Entry(3, 1).QValue, _fixture.Entry(4, 1).QValue));
    }

    [Fact]
    public void What_was_skipped_is_told_and_can_be_read_once_it_is_on_its_way_no_longer()
    {
        Table.Load(TableFixture.Stored(1, 1, 10, rowId: 1));
        Table.Load(TableFixture.Stored(2, 1, 20, rowId: 2));
        _fixture.Set(1, 1, 12);
        var changes = Table.TakeChanges(1);
        Assert.Equal([TableFixture.State(1)], Refresh([1, 2], TableFixture.Stored(1, 1, 50), TableFixture.Stored(2, 1, 21, rowId: 2)));
        Assert.Equal((12.0, 21.0), (_fixture.Entry(1, 1).QValue, _fixture.Entry(2, 1).QValue));
        Assert.False(Table.CanRefresh(TableFixture.State(1)));
        Table.Complete(changes, new Dictionary<int, long>());
        Assert.True(Table.CanRefresh(TableFixture.State(1)));
        Assert.Empty(Refresh([1], TableFixture.Stored(1, 1, 50)));
        Assert.Equal(50, _fixture.Entry(1, 1).QValue);
    }

    [Fact]
    public void What_is_dirty_is_written_before_it_is_read_again()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        var changes = Table.TakeChanges(1);
        Refresh([1], TableFixture.Stored(1, 1, 50));
        _fixture.Set(1, 1, 13);
        Table.Complete(changes, new Dictionary<int, long>());
        Assert.False(Table.CanRefresh(TableFixture.State(1)));
        Refresh([1], TableFixture.Stored(1, 1, 50));
        Assert.Equal((13.0, 1), (_fixture.Entry(1, 1).QValue, Table.DirtyCount));
    }

    [Fact]
    public void An_entry_beside_it_that_is_learned_all_the_time_keeps_no_entry_from_being_read()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        var changes = Table.TakeChanges(1);
        Refresh([1], TableFixture.Stored(1, 1, 50));
        _fixture.Set(1, 2, 1);
        Table.Complete(changes, new Dictionary<int, long>());
        Assert.True(Table.CanRefresh(TableFixture.State(1)));
        Assert.Equal([TableFixture.State(1)], Refresh([1], TableFixture.Stored(1, 1, 50)));
        Assert.Equal((50.0, false), (_fixture.Entry(1, 1).QValue, Table.CanRefresh(TableFixture.State(1))));
    }

    [Fact]
    public void A_row_that_was_deleted_while_it_was_in_flight_is_skipped_too()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Set(1, 1, 12);
        var changes = Table.TakeChanges(1);
        Assert.Equal([TableFixture.State(1)], Refresh([1]));
        Table.Complete(changes, new Dictionary<int, long>());
        Assert.Empty(Refresh([1]));
        Assert.False(Table.TryGetBest(TableFixture.State(1), out _));
    }

    [Fact]
    public void The_slices_have_every_state_once_and_outlive_changes()
    {
        for (var state = 0; state < 25; state++)
        {
            Table.Load(TableFixture.Stored(state, 1, state, rowId: state + 1));
        }

        var slices = new List<StateKey[]>();
        foreach (var slice in Table.StateSlices(10))
        {
            slices.Add(slice);
            Table.Load(TableFixture.Stored(100 + slices.Count, 1, 1, rowId: 200 + slices.Count));
        }

        Assert.Equal([10, 10, 5], slices.Select(slice => slice.Length));
        Assert.Equal(Enumerable.Range(0, 25).Select(TableFixture.State).Order(), slices.SelectMany(slice => slice).Order());
    }

    [Fact]
    public void A_state_that_is_not_in_memory_is_left_to_its_loading()
    {
        using var fixture = new TableFixture(isWhole: false);
        using (var refresh = fixture.Table.BeginRefresh([TableFixture.State(1)]))
        {
            refresh.Take(TableFixture.Stored(1, 1, 10));
        }

        Assert.False(fixture.Table.Contains(TableFixture.State(1)));
        fixture.Table.LoadEmpty(TableFixture.State(1));
        using (var refresh = fixture.Table.BeginRefresh([TableFixture.State(1)]))
        {
            refresh.Take(TableFixture.Stored(1, 1, 10));
        }

        Assert.Equal("a1", fixture.BestKey(1));
    }

    [Fact]
    public void A_state_that_is_loaded_while_the_rows_were_read_is_newer()
    {
        using var fixture = new TableFixture(isWhole: false);
        fixture.Table.Load(TableFixture.Stored(1, 1, 10));
        using (var refresh = fixture.Table.BeginRefresh([TableFixture.State(1)]))
        {
            fixture.Table.Evict(0);
            fixture.Table.Load(TableFixture.Stored(1, 1, 12));
            fixture.Table.Load(TableFixture.Stored(1, 2, 5, rowId: 2));
            refresh.Take(TableFixture.Stored(1, 1, 10));
            refresh.Complete();
        }

        Assert.Equal((12.0, 5.0), (fixture.Entry(1, 1).QValue, fixture.Entry(1, 2).QValue));
    }

    [Fact]
    public void A_state_whose_rows_are_gone_leaves_a_whole_table()
    {
        Table.Load(TableFixture.Stored(1, 1, 10));
        Refresh([1]);
        Assert.Equal(0, Table.StateCount);
    }

    [Fact]
    public void Two_refreshes_at_a_time_are_a_mistake_of_the_caller()
    {
        using (Table.BeginRefresh([TableFixture.State(1)]))
        {
            Assert.Throws<InvalidOperationException>(() => Table.BeginRefresh([]));
        }

        Table.BeginRefresh([]).Dispose();
    }

    private IReadOnlyList<StateKey> Refresh(int[] states, params StoredQValue[] rows)
    {
        using var refresh = Table.BeginRefresh([.. states.Select(TableFixture.State)]);
        foreach (var row in rows)
        {
            refresh.Take(row);
        }

        return refresh.Complete();
    }
}
