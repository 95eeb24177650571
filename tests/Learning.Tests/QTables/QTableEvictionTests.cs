namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins what leaves memory, and that nothing leaves it that is not stored.</summary>
public sealed class QTableEvictionTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    private QTable Table => _fixture.Table;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Within_the_limit_nothing_is_dropped()
    {
        Load(100);
        Assert.Equal(0, Table.Evict(100));
        Assert.True(Table.IsWhole);
    }

    [Fact]
    public void Beyond_the_limit_the_least_recently_used_states_are_dropped_down_to_95_percent()
    {
        Load(101);
        Assert.NotNull(_fixture.Best(0));
        Assert.NotNull(Table.Find(TableFixture.State(1)));
        Assert.Equal(6, Table.Evict(100));
        Assert.Equal((95, 95, 95L), (Table.StateCount, Table.QValueCount, Table.VisitTotal));
        Assert.False(Table.IsWhole);
        Assert.Equal([2, 3, 4, 5, 6, 7], Enumerable.Range(0, 101).Where(state => !Table.Contains(TableFixture.State(state))));
    }

    [Fact]
    public void What_is_held_stays_in_memory_until_it_is_released()
    {
        Load(100);
        Assert.True(Table.Hold(TableFixture.State(7)));
        Assert.False(Table.Hold(TableFixture.State(100)));
        Assert.Equal(99, Table.Evict(0));
        Assert.Equal((1, true), (Table.StateCount, Table.Contains(TableFixture.State(7))));
        Table.Release(TableFixture.State(7));
        Assert.Equal(1, Table.Evict(0));
    }

    [Fact]
    public void What_is_not_stored_yet_stays_in_memory()
    {
        Load(100);
        _fixture.Set(0, 1, 5);
        _fixture.Set(1, 1, 5);
        var inFlight = Table.TakeChanges(1);
        Assert.Equal(98, Table.Evict(0));
        Assert.Equal((2, 2), (Table.StateCount, Table.BacklogCount));
        Table.Complete(inFlight, new Dictionary<int, long>());
        Assert.Equal(1, Table.Evict(0));
        Assert.Equal(0, Table.Evict(0));
        Assert.True(Table.Contains(TableFixture.State(1)));
    }

    [Fact]
    public void Expired_entries_leave_memory_and_so_do_states_without_others()
    {
        Table.Load(TableFixture.Stored(1, 1, 1, visits: 3, expiresAt: TableFixture.Start.AddDays(1)));
        Table.Load(TableFixture.Stored(1, 2, 2, visits: 4));
        Table.Load(TableFixture.Stored(2, 1, 3, visits: 5, expiresAt: TableFixture.Start.AddDays(1)));
        Table.LoadEmpty(TableFixture.State(3));
        Assert.Equal(0, Table.RemoveExpired());
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, Table.RemoveExpired());
        Assert.Equal((2, 1, 4L), (Table.StateCount, Table.QValueCount, Table.VisitTotal));
        Assert.False(Table.Contains(TableFixture.State(2)));
        Assert.Equal(2, _fixture.Entry(1, 2).QValue);
        Assert.True(Table.IsWhole);
    }

    [Fact]
    public void Expired_entries_that_are_not_stored_yet_stay()
    {
        Table.Load(TableFixture.Stored(1, 1, 1, expiresAt: TableFixture.Start.AddDays(1)));
        _fixture.Set(1, 2, 2);
        _fixture.Time.Advance(TableFixture.TimeToLive);
        Assert.Equal(0, Table.RemoveExpired());
        _fixture.Flush();
        Assert.Equal(2, Table.RemoveExpired());
        Assert.Equal(0, Table.StateCount);
    }

    private void Load(int states)
    {
        Table.EnsureCapacity(states);
        for (var state = 0; state < states; state++)
        {
            Table.Load(TableFixture.Stored(state, 1, state, rowId: state + 1));
        }
    }
}
