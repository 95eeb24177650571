namespace QLearning.Learning.Tests.QTables;

/// <summary>A row keeps the description of its action, whatever other rows call the same key.</summary>
public sealed class ActionDescriptionTests : IDisposable
{
    private const string One = "{\"v\":1}";
    private const string Two = "{\"v\":2}";

    private static readonly ActionKey _key = TableFixture.Action(1);

    private readonly TableFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Rows_that_describe_one_key_differently_answer_each_their_own()
    {
        Load(1, One);
        Load(2, Two);
        Load(3, One);
        Assert.Equal([One, Two, One], Enumerable.Range(1, 3).Select(Json));
        Assert.Equal((1, 2), (_fixture.Table.Actions.Count, _fixture.Table.Actions.DescriptionCount));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_rows_entry_is_found_and_learned_whatever_it_is_called(int state)
    {
        Load(1, One);
        Load(2, Two);
        Assert.True(_fixture.Table.TryGet(TableFixture.State(state), _key, out _));
        Assert.Equal(2, _fixture.Table.Set(TableFixture.State(state), null, _key, One, 9));
        Assert.Equal(2, _fixture.Table.QValueCount);
        Assert.Equal(state == 1 ? One : Two, Json(state));
    }

    [Fact]
    public void What_is_stored_is_what_was_given_for_that_row()
    {
        _fixture.Table.Set(TableFixture.State(1), null, _key, One, 1);
        _fixture.Table.Set(TableFixture.State(2), null, _key, Two, 1);
        _fixture.Table.Set(TableFixture.State(3), null, _key, null, 1);
        var changes = _fixture.Table.TakeChanges(10);
        Assert.Equal([One, Two, "\"a1\""], changes.Select(change => change.ActionJson));
        _fixture.Table.Return(changes);
        _fixture.Table.Set(TableFixture.State(3), null, _key, Two, 1);
        Assert.Equal([One, Two, Two], _fixture.Table.TakeChanges(10).Select(change => change.ActionJson));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_forgotten_in_a_state_is_forgotten_whatever_other_rows_call_it(int state)
    {
        Load(1, One);
        Load(2, Two);
        _fixture.Table.Forget(TableFixture.State(state), _key);
        Assert.Null(Json(state));
        Assert.NotNull(Json(3 - state));
    }

    [Fact]
    public void A_row_that_SQL_described_anew_is_taken_over_and_what_no_row_has_is_forgotten()
    {
        Load(1, One);
        Load(2, Two);
        for (var version = 10; version < 20; version++)
        {
            using var refresh = _fixture.Table.BeginRefresh([TableFixture.State(2)]);
            refresh.Take(TableFixture.Stored(2, 1, 5, rowId: 2) with { ActionJson = $"{{\"v\":{version}}}" });
            refresh.Complete();
        }

        Assert.Equal("{\"v\":19}", Json(2));
        Assert.Equal(12, _fixture.Table.Actions.DescriptionCount);
        _fixture.Table.RemoveExpired();
        Assert.Equal(2, _fixture.Table.Actions.DescriptionCount);
        Assert.Equal((One, "{\"v\":19}"), (Json(1), Json(2)));
    }

    [Fact]
    public void A_batch_that_is_rolled_back_leaves_no_description()
    {
        Load(1, One);
        _fixture.Table.BeginUnit(2);
        _fixture.Table.Set(TableFixture.State(2), null, _key, Two, 1);
        _fixture.Table.Set(TableFixture.State(2), null, TableFixture.Action(2), null, 1);
        _fixture.Table.RollBack();
        Assert.Equal((1, 1), (_fixture.Table.Actions.Count, _fixture.Table.Actions.DescriptionCount));
        Assert.Equal(One, Json(1));
    }

    [Fact]
    public void Ties_are_broken_as_SQL_does()
    {
        Stored(1, 1.0000001, null);
        Stored(2, 1, 0);
        Assert.Equal("a2", _fixture.BestKey(1));
        Stored(3, 1.0000004, 0.2);
        Assert.Equal("a3", _fixture.BestKey(1));
        Stored(4, 1, double.NaN);
        Assert.Equal("a4", _fixture.BestKey(1));
        Stored(5, 1.000001, null);
        Assert.Equal("a5", _fixture.BestKey(1));
        Assert.Equal(
            ["a5", "a4", "a3", "a2", "a1"],
            _fixture.Table.GetRanked(TableFixture.State(1)).Select(entry => _fixture.Table.Actions[entry.ActionIndex].Key.ToString()));
    }

    [Fact]
    public void A_value_without_confidence_has_one_when_it_was_learned()
    {
        Stored(1, 1, null);
        Stored(2, 1, 0.4);
        _fixture.Set(1, 1, 1);
        Assert.Equal("a1", _fixture.BestKey(1));
        Assert.Equal(0.51, _fixture.Entry(1, 1).Confidence, 9);
    }

    private void Stored(int action, double value, double? confidence) =>
        _fixture.Table.Load(TableFixture.Stored(1, action, value, rowId: action) with { Confidence = confidence });

    private void Load(int state, string json) =>
        _fixture.Table.Load(TableFixture.Stored(state, 1, 5, rowId: state) with { ActionJson = json });

    private string? Json(int state) => _fixture.Best(state) is { } best ? _fixture.Table.Actions[best.ActionIndex].Json : null;
}
