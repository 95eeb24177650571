namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins that an action keeps its index, and which description it has.</summary>
public class ActionSetTests
{
    private readonly ActionSet _actions = new();

    [Fact]
    public void An_action_keeps_its_index()
    {
        var first = _actions.Intern(ActionKey.Parse("a"), null);
        var second = _actions.Intern(ActionKey.Parse("b"), null);
        Assert.NotEqual(first, second);
        Assert.Equal(first, _actions.Intern(ActionKey.Parse("a"), null));
        Assert.Equal(2, _actions.Count);
        Assert.True(_actions.TryGetIndex(ActionKey.Parse("b"), out var found));
        Assert.Equal(second, found);
        Assert.False(_actions.TryGetIndex(ActionKey.Parse("c"), out _));
    }

    [Theory]
    [InlineData("run_all", "\"run_all\"")]
    [InlineData("say \"hi\"", "\"say \\u0022hi\\u0022\"")]
    public void Without_JSON_the_key_stands_in_as_a_JSON_string(string key, string json) =>
        Assert.Equal(json, _actions[_actions.Intern(ActionKey.Parse(key), null)].Json);

    [Fact]
    public void A_description_replaces_the_stand_in_but_no_other_description()
    {
        var key = ActionKey.Parse("a");
        var index = _actions.Intern(key, null);
        _actions.Intern(key, "{\"n\":1}");
        Assert.Equal("{\"n\":1}", _actions[index].Json);
        _actions.Intern(key, "{\"n\":2}");
        _actions.Intern(key, null);
        Assert.Equal("{\"n\":1}", _actions[index].Json);
        _actions.SetJson(index, "{\"n\":3}");
        Assert.Equal("{\"n\":3}", _actions[index].Json);
    }

    [Fact]
    public void Truncating_forgets_the_newest()
    {
        _actions.Intern(ActionKey.Parse("a"), null);
        _actions.Intern(ActionKey.Parse("b"), null);
        _actions.Truncate(1);
        Assert.Equal(1, _actions.Count);
        Assert.False(_actions.TryGetIndex(ActionKey.Parse("b"), out _));
        Assert.Equal(1, _actions.Intern(ActionKey.Parse("c"), null));
    }
}
