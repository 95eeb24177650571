namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins that an update in memory does what <c>upsert_q_value</c> does.</summary>
public sealed class QTableUpdateTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_first_update_gives_what_an_insert_gives()
    {
        _fixture.Set(1, 1, 4);
        var entry = _fixture.Entry(1, 1);
        Assert.Equal((4.0, 1, 0.5, 0.5), (entry.QValue, entry.VisitCount, entry.Confidence, entry.Uncertainty));
        Assert.Equal((1, 1, 1L), (_fixture.Table.StateCount, _fixture.Table.QValueCount, _fixture.Table.VisitTotal));
    }

    [Fact]
    public void A_later_update_counts_a_visit_and_moves_confidence_and_uncertainty()
    {
        _fixture.Set(1, 1, 4);
        Assert.Equal(2, _fixture.Table.Set(TableFixture.State(1), null, TableFixture.Action(1), null, 5));
        var entry = _fixture.Entry(1, 1);
        Assert.Equal((5.0, 2, 0.51, 0.49), (entry.QValue, entry.VisitCount, entry.Confidence, entry.Uncertainty));
        Assert.Equal(2, _fixture.Table.VisitTotal);
    }

    [Fact]
    public void An_expired_entry_starts_over_but_keeps_its_row()
    {
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10, rowId: 77, visits: 9));
        _fixture.Time.Advance(TableFixture.TimeToLive);
        _fixture.Set(1, 1, 2);
        var entry = _fixture.Entry(1, 1);
        Assert.Equal((2.0, 1, 0.5, 0.5), (entry.QValue, entry.VisitCount, entry.Confidence, entry.Uncertainty));
        Assert.Equal(1, _fixture.Table.VisitTotal);
        var change = _fixture.Table.TakeChanges(1)[0];
        Assert.Equal(77, change.RowId);
        Assert.Equal(TableFixture.Start + (2 * TableFixture.TimeToLive), change.ExpiresAt);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(24, false)]
    [InlineData(25, true)]
    public void The_expiry_is_rewritten_only_when_it_moves_by_more_than_a_day(int hoursLater, bool rewritten)
    {
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10));
        _fixture.Time.Advance(TimeSpan.FromHours(hoursLater));
        _fixture.Set(1, 1, 2);
        var expected = rewritten ? TableFixture.Start.AddHours(hoursLater) + TableFixture.TimeToLive : default(DateTimeOffset?);
        Assert.Equal(expected, _fixture.Table.TakeChanges(1)[0].ExpiresAt);
    }

    [Fact]
    public void An_entry_in_daily_use_never_expires()
    {
        _fixture.Set(1, 1, 0);
        for (var day = 1; day <= 100; day++)
        {
            _fixture.Time.Advance(TimeSpan.FromDays(1));
            _fixture.Set(1, 1, day);
        }

        Assert.Equal(101, _fixture.Entry(1, 1).VisitCount);
    }

    [Fact]
    public void An_expiry_is_never_brought_forward()
    {
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10, expiresAt: TableFixture.Start.AddYears(10)));
        _fixture.Table.Load(TableFixture.Stored(1, 2, 10) with { ExpiresAt = null });
        _fixture.Set(1, 1, 2);
        _fixture.Set(1, 2, 2);
        var changes = _fixture.Table.TakeChanges(2);
        Assert.Null(changes[0].ExpiresAt);
        Assert.Null(changes[1].ExpiresAt);
        _fixture.Time.Advance(TimeSpan.FromDays(5 * 365));
        Assert.Equal(2, _fixture.Table.GetEntries(TableFixture.State(1)).Count());
    }

    [Fact]
    public void Loading_does_not_make_an_entry_dirty_and_a_clean_entry_takes_the_row()
    {
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10, visits: 4));
        _fixture.Table.Load(TableFixture.Stored(1, 1, 12, visits: 6));
        Assert.Equal(0, _fixture.Table.BacklogCount);
        Assert.Equal((12.0, 6), (_fixture.Entry(1, 1).QValue, _fixture.Entry(1, 1).VisitCount));
        Assert.Equal((1, 6L), (_fixture.Table.QValueCount, _fixture.Table.VisitTotal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loading_over_a_changed_entry_only_gives_it_its_row(bool inFlight)
    {
        _fixture.Set(1, 1, 3);
        var changes = inFlight ? _fixture.Table.TakeChanges(1) : null;
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10, rowId: 77, visits: 9));
        Assert.Equal((3.0, 1), (_fixture.Entry(1, 1).QValue, _fixture.Entry(1, 1).VisitCount));
        if (changes is not null)
        {
            _fixture.Table.Return(changes);
        }

        Assert.Equal(77, _fixture.Table.TakeChanges(1)[0].RowId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    public void A_Q_value_that_is_learned_daily_does_not_expire_however_short_its_life(int days)
    {
        _fixture.Table.TimeToLive = TimeSpan.FromDays(days);
        for (var learned = 1; learned <= 100; learned++)
        {
            _fixture.Set(1, 1, learned);
            Assert.Equal(learned, _fixture.Entry(1, 1).VisitCount);
            _fixture.Time.Advance(TimeSpan.FromHours(20));
        }
    }
}
