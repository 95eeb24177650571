namespace QLearning.Abstractions.Tests.Keys;

/// <summary>An agent's key is its type and its instance, in one text that can be taken apart again.</summary>
public class AgentKeyTests
{
    [Theory]
    [InlineData("test-generator", "tg-1")]
    [InlineData("a", "host/17: agent #2")]
    [InlineData("prüfer", "ä 1")]
    public void A_key_comes_back_from_its_text(string agentType, string instance)
    {
        var key = AgentKey.For(agentType, instance);
        Assert.Equal($"{agentType}/{instance}", key.ToString());
        Assert.Equal(key, AgentKey.Parse(key.ToString()));
    }

    [Theory]
    [InlineData("", "a", "agent type")]
    [InlineData("a/b", "a", "agent type")]
    [InlineData("a b", "a", "agent type")]
    [InlineData("a", "", "agent instance")]
    [InlineData("a", "x\ny", "agent instance")]
    public void A_name_that_is_not_allowed_is_refused(string agentType, string instance, string what) =>
        Assert.Contains(
            what, Assert.Throws<InvalidInputException>(() => AgentKey.For(agentType, instance)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_instance_has_at_most_100_characters()
    {
        Assert.Equal(100, AgentKey.For("a", new string('x', 100)).Instance.Length);
        Assert.Throws<InvalidInputException>(() => AgentKey.For("a", new string('x', 101)));
        Assert.Throws<InvalidInputException>(() => AgentKey.For("a", null!));
        Assert.Throws<InvalidInputException>(() => AgentKey.For("a", "half a character \ud800"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("/a")]
    public void A_text_that_is_no_key_is_refused(string text) => Assert.Throws<InvalidInputException>(() => AgentKey.Parse(text));
}
