using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>Of numbers beyond 2⁵³ several are one double, so that they would fall into one state: they are refused.</summary>
public class LargeNumberTests
{
    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("-9007199254740993")]
    [InlineData("9007199254740992.5")]
    [InlineData("1e16")]
    [InlineData("20260101123456789")]
    public void They_are_refused_in_a_state_and_in_an_action_with_the_advice_to_send_text(string number)
    {
        foreach (var json in new[] { number, $"[1, {number}]", $$"""{"build": {"id": {{number}} } }""" })
        {
            AssertRefused("state", number, Assert.Throws<InvalidInputException>(() => StateKey.FromJson(json)));
            AssertRefused("state", number, Assert.Throws<InvalidInputException>(() => State.FromJson(json)));
            AssertRefused("action", number, Assert.Throws<InvalidInputException>(() => ActionKey.FromJson(json)));
            AssertRefused("action", number, Assert.Throws<InvalidInputException>(() => AgentAction.FromJson(json)));
            Assert.NotEqual(StateKey.FromJson($"\"{number}\""), StateKey.FromJson($"\"{number}0\""));
        }
    }

    [Theory]
    [InlineData("9007199254740992")]
    [InlineData("-9007199254740992")]
    [InlineData("9007199254740992.0")]
    [InlineData("0.00009007199254740991e20")]
    [InlineData("0e99")]
    [InlineData("0.1234567890123456789")]
    public void Up_to_it_they_are_taken(string number)
    {
        Assert.False(StateKey.FromJson(number).IsEmpty);
        Assert.False(ActionKey.FromJson($"[{number}]").IsEmpty);
    }

    [Fact]
    public void A_state_with_a_key_of_its_own_keeps_them() =>
        JsonText.Check("state", """{"build": 9007199254740993}""");

    private static void AssertRefused(string what, string number, InvalidInputException error)
    {
        Assert.StartsWith($"The {what} '{number}' is not allowed", error.Message, StringComparison.Ordinal);
        Assert.Contains($"send a larger one as text: \"{number}\"", error.Message, StringComparison.Ordinal);
    }
}
