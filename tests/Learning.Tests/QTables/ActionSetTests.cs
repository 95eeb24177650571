using System.Collections;

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
    public void Each_description_of_a_key_has_an_index_of_its_own_and_they_are_the_same_action()
    {
        var key = ActionKey.Parse("a");
        var standIn = _actions.Intern(key, null);
        var one = _actions.Intern(key, "{\"n\":1}");
        var two = _actions.Intern(key, "{\"n\":2}");
        Assert.Equal(["\"a\"", "{\"n\":1}", "{\"n\":2}"], new[] { standIn, one, two }.Select(index => _actions[index].Json));
        Assert.Equal((standIn, one, two), (
            _actions.Intern(key, "\"a\""), _actions.Intern(key, "{\"n\":1}"), _actions.Intern(key, "{\"n\":2}")));
        Assert.True(_actions.AreSame(standIn, two));
        Assert.False(_actions.AreSame(two, _actions.Intern(ActionKey.Parse("b"), "{\"n\":2}")));
        Assert.Equal((2, 4), (_actions.Count, _actions.DescriptionCount));
    }

    [Fact]
    public void Where_no_description_is_given_the_key_stands_in_whatever_others_call_it()
    {
        var key = ActionKey.Parse("a");
        var one = _actions.Intern(key, "{\"n\":1}");
        var standIn = _actions.Intern(key, null);
        Assert.Equal("\"a\"", _actions[standIn].Json);
        Assert.Equal((standIn, standIn), (_actions.Intern(key, null), _actions.Intern(key, "\"a\"")));
        Assert.True(_actions.TryGetIndex(key, out var found));
        Assert.True(_actions.AreSame(standIn, found) && _actions.AreSame(standIn, one));
        Assert.Equal(2, _actions.DescriptionCount);
    }

    [Fact]
    public void A_stand_in_that_was_given_as_text_is_the_same_one()
    {
        var key = ActionKey.Parse("a");
        _actions.Intern(key, "1");
        var given = _actions.Intern(key, "\"a\"");
        Assert.Equal(given, _actions.Intern(key, null));
        Assert.Equal(2, _actions.DescriptionCount);
    }

    [Fact]
    public void A_stand_in_that_was_forgotten_or_taken_back_is_made_anew()
    {
        var key = ActionKey.Parse("a");
        _actions.Intern(key, "1");
        _actions.Remove(_actions.Intern(key, null));
        Assert.Equal(1, _actions.DescriptionCount);
        Assert.Equal("\"a\"", _actions[_actions.Intern(key, null)].Json);
        _actions.KeepOnly(new BitArray(_actions.IndexEnd));
        Assert.Equal(1, _actions.DescriptionCount);
        var other = _actions.Intern(key, "2");
        var anew = _actions.Intern(key, null);
        Assert.NotEqual(other, anew);
        Assert.Equal("\"a\"", _actions[anew].Json);
    }

    [Fact]
    public void Taking_back_forgets_the_newest()
    {
        _actions.Intern(ActionKey.Parse("a"), null);
        var described = _actions.Intern(ActionKey.Parse("a"), "1");
        var second = _actions.Intern(ActionKey.Parse("b"), null);
        _actions.Remove(second);
        Assert.False(_actions.TryGetIndex(ActionKey.Parse("b"), out _));
        _actions.Remove(described);
        Assert.Equal("\"a\"", _actions[_actions.Intern(ActionKey.Parse("a"), null)].Json);
        Assert.Equal((1, 1), (_actions.Count, _actions.DescriptionCount));
        Assert.Equal(described, _actions.Intern(ActionKey.Parse("a"), "2"));
        Assert.Equal("\"a\"", _actions[_actions.Intern(ActionKey.Parse("a"), null)].Json);
    }
}
