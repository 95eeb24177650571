namespace QLearning.Abstractions.Tests.Keys;

/// <summary>Pins what a state key is: which texts are one, and that it shows the same text again.</summary>
public class StateKeyTests
{
    private const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void A_key_shows_the_text_it_was_parsed_from() =>
        KeyGen.Any.Sample(text => Assert.Equal(text, StateKey.Parse(text).ToString()));

    [Theory]
    [InlineData(Hash)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("a1b2c3d4")]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\u0001\n")]
    public void Every_text_of_1_to_64_characters_is_a_key(string text)
    {
        var key = StateKey.Parse(text);
        Assert.Equal(text, key.ToString());
        Assert.False(key.IsEmpty);
        Assert.True(StateKey.TryParse(text, out var tried));
        Assert.Equal(key, tried);
    }

    [Fact]
    public void Upper_case_hex_digits_are_another_key() =>
        Assert.NotEqual(StateKey.Parse(Hash), StateKey.Parse(Hash.ToUpperInvariant()));

    [Fact]
    public void Characters_are_counted_as_the_database_counts_them()
    {
        Assert.Equal(Repeat("😀", 64), StateKey.Parse(Repeat("😀", 64)).ToString());
        AssertRefused(Repeat("😀", 65), "it has 65 characters");
        AssertRefused(Repeat("a", 65), "it has 65 characters");
        AssertRefused(Hash + "0", "it has 65 characters");

        // An accent of its own is a character of its own.
        Assert.Equal(64, StateKey.Parse(Repeat("e\u0301", 32)).ToString().Length);
        AssertRefused(Repeat("e\u0301", 33), "it has 66 characters");
    }

    [Fact]
    public void What_the_database_cannot_store_is_refused()
    {
        AssertRefused(null, "it is empty");
        AssertRefused(string.Empty, "it is empty");
        AssertRefused("ab\0", "character 3 is a NUL");
        AssertRefused("\0", "character 1 is a NUL");
        AssertRefused("a\ud83d", "character 2 is a NUL or half of a surrogate pair");
        AssertRefused("\ude00a", "character 1 is a NUL or half of a surrogate pair");
        AssertRefused("\ude00\ud83d", "character 1 is a NUL or half of a surrogate pair");
    }

    [Fact]
    public void The_default_is_no_key()
    {
        Assert.True(default(StateKey).IsEmpty);
        Assert.Equal(string.Empty, default(StateKey).ToString());
        Assert.Equal(default, new StateKey());
        KeyGen.Any.Sample(text =>
        {
            Assert.NotEqual(default, StateKey.Parse(text));
            Assert.True(default(StateKey) < StateKey.Parse(text));
            Assert.True(StateKey.Parse(text) > default(StateKey));
        });
    }

    [Fact]
    public void The_key_of_JSON_has_64_lower_case_hex_digits_and_can_be_brought_back_as_text()
    {
        var key = StateKey.FromJson("{}");
        Assert.Equal("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", key.ToString());
        Assert.Equal(key, StateKey.Parse(key.ToString()));
    }

    [Fact]
    public void A_state_and_an_action_say_which_of_the_two_is_wrong()
    {
        Assert.StartsWith(
            "The state key ''", Assert.Throws<InvalidInputException>(() => State.FromKey("")).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The action key ''", Assert.Throws<InvalidInputException>(() => AgentAction.Named("")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run_all_tests", "\"run_all_tests\"")]
    [InlineData("say \"hi\"", "\"say \\u0022hi\\u0022\"")]
    public void A_named_action_is_described_by_its_name(string name, string json)
    {
        var action = AgentAction.Named(name);
        Assert.Equal((name, json), (action.Key.ToString(), action.Json));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static void AssertRefused(string? text, string problem)
    {
        Assert.False(StateKey.TryParse(text, out var state));
        Assert.True(state.IsEmpty);
        Assert.False(ActionKey.TryParse(text, out var action));
        Assert.True(action.IsEmpty);
        AssertSays("state key", problem, Assert.Throws<InvalidInputException>(() => StateKey.Parse(text!)));
        AssertSays("action key", problem, Assert.Throws<InvalidInputException>(() => ActionKey.Parse(text!)));
    }

    private static void AssertSays(string what, string problem, InvalidInputException error)
    {
        Assert.StartsWith($"The {what} '", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Allowed: 1 to 64 characters without NUL.", error.Message, StringComparison.Ordinal);
    }
}
