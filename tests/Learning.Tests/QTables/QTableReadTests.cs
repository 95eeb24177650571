namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins which action is the best, and that finding it allocates nothing.</summary>
public sealed class QTableReadTests : IDisposable
{
    private readonly TableFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_highest_Q_value_is_the_best()
    {
        _fixture.Set(1, 1, -5);
        _fixture.Set(1, 2, 3);
        _fixture.Set(1, 3, 2);
        Assert.Equal("a2", _fixture.BestKey(1));
        Assert.Equal(3, _fixture.Best(1)!.Value.QValue);
    }

    [Fact]
    public void Among_equals_the_more_confident_is_the_best()
    {
        _fixture.Set(1, 1, 3);
        _fixture.Set(1, 2, 1);
        _fixture.Set(1, 2, 3);
        Assert.Equal("a2", _fixture.BestKey(1));
        Assert.Equal(0.51, _fixture.Best(1)!.Value.Confidence);
        Assert.Equal(2, _fixture.Best(1)!.Value.VisitCount);
    }

    [Fact]
    public void Among_equally_confident_equals_the_smaller_key_is_the_best()
    {
        _fixture.Set(1, 3, 3);
        _fixture.Set(1, 2, 3);
        _fixture.Set(1, 4, 3);
        Assert.Equal("a2", _fixture.BestKey(1));
    }

    [Fact]
    public void Expired_entries_are_passed_over()
    {
        _fixture.Table.Load(TableFixture.Stored(1, 1, 10, expiresAt: TableFixture.Start.AddDays(1)));
        _fixture.Table.Load(TableFixture.Stored(1, 2, 5, rowId: 2));
        Assert.Equal("a1", _fixture.BestKey(1));
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal("a2", _fixture.BestKey(1));
        Assert.False(_fixture.Table.TryGet(TableFixture.State(1), TableFixture.Action(1), out _));
        var live = Assert.Single(_fixture.Table.GetEntries(TableFixture.State(1)).ToArray());
        Assert.Equal(5, live.QValue);
        _fixture.Time.Advance(TableFixture.TimeToLive);
        Assert.Null(_fixture.Best(1));
    }

    [Fact]
    public void Nothing_is_known_of_absent_and_of_empty_states()
    {
        _fixture.Table.LoadEmpty(TableFixture.State(2));
        Assert.Null(_fixture.Best(1));
        Assert.Null(_fixture.Best(2));
        Assert.False(_fixture.Table.Contains(TableFixture.State(1)));
        Assert.True(_fixture.Table.Contains(TableFixture.State(2)));
        Assert.Equal(0, _fixture.Table.GetEntries(TableFixture.State(1)).Count());
        Assert.Equal(0, _fixture.Table.GetEntries(TableFixture.State(2)).Count());
    }

    [Fact]
    public void A_state_named_by_64_hex_digits_is_found_again()
    {
        var key = StateKey.FromJson("{\"coverage_gap\":30}");
        _fixture.Table.Set(key, null, TableFixture.Action(1), null, 7);
        Assert.True(_fixture.Table.TryGetBest(StateKey.Parse(key.ToString()), out var best));
        Assert.Equal(7, best.QValue);
    }

    [Fact]
    public void The_best_is_the_maximum() =>
        Gen.Double[-1e6, 1e6].Array[1, 40].Sample(values =>
        {
            using var fixture = new TableFixture();
            for (var i = 0; i < values.Length; i++)
            {
                fixture.Set(1, i, values[i]);
            }

            // As numeric(12,6) has them: what differs by less ties.
            Assert.Equal(Math.Round(values.Max(), 6), Math.Round(fixture.Best(1)!.Value.QValue, 6));
        });

    [Fact]
    public void Reading_the_best_allocates_nothing()
    {
        var state = StateKey.FromJson("1");
        var named = TableFixture.State(7);
        for (var action = 0; action < 5; action++)
        {
            // One value for all: ties compare keys of both kinds.
            _fixture.Table.Set(state, null, action % 2 == 0 ? TableFixture.Action(action) : ActionKey.FromJson($"{action}"), null, 1);
            _fixture.Set(7, action, action);
        }

        var found = ReadOften(state, named, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        found += ReadOften(state, named, 10_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(22_000, found);
    }

    private int ReadOften(StateKey state, StateKey named, int times)
    {
        var found = 0;
        for (var i = 0; i < times; i++)
        {
            found += _fixture.Table.TryGetBest(state, out _) ? 1 : 0;
            found += _fixture.Table.TryGetBest(named, out _) ? 1 : 0;
        }

        return found;
    }
}
