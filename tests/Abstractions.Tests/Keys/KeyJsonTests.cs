using System.Text.Json;

namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Keys stand in JSON as their text, as values and as names, and come back as they were.</summary>
public class KeyJsonTests
{
    [Fact]
    public void Keys_come_back_as_they_were() =>
        KeyGen.Any.Sample(text =>
        {
            AssertComesBack(StateKey.Parse(text), text);
            AssertComesBack(ActionKey.Parse(text), text);
        });

    [Theory]
    [InlineData("test-generator")]
    [InlineData("test-generator#3")]
    public void Keys_of_agent_types_come_back_as_they_were(string text) => AssertComesBack(AgentTypeKey.Parse(text), text);

    [Theory]
    [InlineData("test-generator/tg-1")]
    [InlineData("test-generator/a/b \"c\"")]
    public void Keys_of_agents_come_back_as_they_were(string text) => AssertComesBack(AgentKey.Parse(text), text);

    [Fact]
    public void The_default_comes_back_as_the_default()
    {
        AssertComesBack(default(StateKey), string.Empty);
        AssertComesBack(default(ActionKey), string.Empty);
        AssertComesBack(default(AgentTypeKey), string.Empty);
        AssertComesBack(default(AgentKey), string.Empty);
    }

    [Fact]
    public void States_and_actions_come_back_with_their_keys()
    {
        var state = State.FromJson("""{"coverage": 4}""");
        Assert.Equal(state, JsonSerializer.Deserialize<State>(JsonSerializer.Serialize(state)));
        Assert.Equal(
            """{"Key":"run","Json":"\u0022run\u0022"}""", JsonSerializer.Serialize(AgentAction.Named("run")));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\\u0000\"")]
    public void What_is_no_key_is_no_JSON_of_a_key(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<StateKey>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ActionKey>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AgentTypeKey>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AgentKey>(json));
    }

    [Fact]
    public void The_error_says_what_is_wrong_with_the_text()
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AgentKey>("\"test-generator\""));
        Assert.Contains("it has no instance", error.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidInputException>(error.InnerException);
    }

    private static void AssertComesBack<TKey>(TKey key, string text)
        where TKey : struct
    {
        var json = JsonSerializer.Serialize(key);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
        Assert.Equal(key, JsonSerializer.Deserialize<TKey>(json));
        var named = new Dictionary<TKey, int> { [key] = 1 };
        Assert.Equal(text, Assert.Single(JsonSerializer.Deserialize<Dictionary<string, int>>(JsonSerializer.Serialize(named))!).Key);
        Assert.Equal(named, JsonSerializer.Deserialize<Dictionary<TKey, int>>(JsonSerializer.Serialize(named)));
    }
}
