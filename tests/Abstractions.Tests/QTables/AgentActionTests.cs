using System.Text.Json;

namespace QLearning.Abstractions.Tests.QTables;

/// <summary>What names an action, and what describes it.</summary>
public sealed class AgentActionTests
{
    private const string Json = """{ "kind": "unit", "runs": 8.0 }""";

    [Fact]
    public void An_action_is_named_by_its_JSON_when_its_key_is_that_of_the_JSON()
    {
        Assert.True(AgentAction.FromJson(Json).IsNamedByJson());
        Assert.True((AgentAction.FromJson(Json) with { Json = """{"runs":8,"kind":"unit"}""" }).IsNamedByJson());
        Assert.True(AgentAction.FromJson("7").IsNamedByJson());
        foreach (var json in new[] { Json, "\"own\"", "9007199254740993", null, "{" })
        {
            Assert.False(new AgentAction(ActionKey.Parse("own"), json).IsNamedByJson());
        }
    }

    [Theory]
    [InlineData("own", null, false)]
    [InlineData("own", "\"own\"", false)]
    [InlineData("é'\"", "\"\\u00e9'\\\"\"", false)]
    [InlineData("own", "\"run\"", true)]
    [InlineData("own", " \"Own\"", true)]
    [InlineData("own", Json, true)]
    [InlineData("1", "1", true)]
    public void An_action_is_described_when_its_JSON_is_not_the_key_as_a_string(string key, string? json, bool isDescribed)
    {
        Assert.Equal(isDescribed, new AgentAction(ActionKey.Parse(key), json).IsDescribed());
        Assert.False(AgentAction.Named(key).IsDescribed());
    }

    [Fact]
    public void A_described_action_is_sent_as_it_is()
    {
        var action = Serialization.RoundTrip(AgentAction.FromJson(Json));
        Assert.Equal(AgentAction.FromJson(Json), action);
        Assert.DoesNotContain("named", JsonSerializer.Serialize(action), StringComparison.OrdinalIgnoreCase);
    }
}
