using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>Pins the limits of JSON from outside: what passes is taken by <c>jsonb</c>, what does not is refused by name.</summary>
public class JsonLimitsTests
{
    [Theory]
    [InlineData(262_144, true)]
    [InlineData(262_145, false)]
    public void The_size_is_counted_in_bytes_of_UTF_8(int bytes, bool isAllowed)
    {
        // Two quotes, and characters of three bytes each filled up with some of one byte.
        var wide = (bytes - 2) / 3;
        var json = $"\"{new string('\u20ac', wide)}{new string('a', bytes - 2 - (wide * 3))}\"";
        Check(json, isAllowed, $"it has {bytes} bytes");
    }

    [Theory]
    [InlineData(64, '[', ']', true)]
    [InlineData(65, '[', ']', false)]
    [InlineData(64, '{', '}', true)]
    [InlineData(65, '{', '}', false)]
    public void The_depth_is_counted_in_objects_and_arrays(int depth, char open, char close, bool isAllowed)
    {
        var inner = open == '{' ? "{\"a\":" : "[";
        var json = string.Concat(Enumerable.Repeat(inner, depth - 1)) + open + new string(close, depth);
        Check(json, isAllowed, "depth");
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""[{"x":{"b":1,"c":2,"b":3}}]""")]
    public void A_name_occurs_once_in_an_object(string json) => Check(json, isAllowed: false, "uplicate");

    [Theory]
    [InlineData("""{"a":{"a":1},"b":{"a":1}}""")]
    [InlineData("""{"a":1,"A":1}""")]
    public void A_name_may_occur_again_in_another_object_or_case(string json) => Check(json, isAllowed: true);

    [Theory]
    [InlineData(@"""\u0000""")]
    [InlineData(@"{""a\u0000b"":1}")]
    [InlineData(@"[[""a\u0000""]]")]
    public void NUL_characters_are_refused(string json) => Check(json, isAllowed: false, "NUL character");

    [Theory]
    [InlineData(@"""\ud83d""")]
    [InlineData(@"""\ude00\ud83d""")]
    [InlineData(@"""\ud83da""")]
    [InlineData(@"{""\ud83d"":1}")]
    [InlineData(@"{""\ud83d"":1,""\ud83d"":2}")]
    [InlineData(@"{""\ud83d"":1,""b"":2}")]
    public void Escaped_halves_of_surrogate_pairs_are_refused(string json) => Check(json, isAllowed: false, "UTF-16");

    [Theory]
    [InlineData("\"?\"")]
    [InlineData("{\"?\":1}")]
    [InlineData("?")]
    public void Plain_halves_of_surrogate_pairs_are_refused(string json)
    {
        // Put in here, because an attribute cannot hold them.
        Check(json.Replace('?', '\ud83d'), isAllowed: false, "UTF-16");
        Check(json.Replace('?', '\ude00'), isAllowed: false, "UTF-16");
    }

    [Theory]
    [InlineData("1e309")]
    [InlineData("-1e309")]
    [InlineData("{\"a\":[1e999999999999]}")]
    [InlineData("1.8e308")]
    public void Numbers_beyond_double_are_refused(string json) => Check(json, isAllowed: false, "beyond the range of double");

    [Theory]
    [InlineData("1e-16383", true)]
    [InlineData("1e-16384", false)]
    [InlineData("1.5e-16382", true)]
    [InlineData("1.5e-16383", false)]
    [InlineData("0e-16384", false)]
    [InlineData("0E+16383", true)]
    [InlineData("0e99999999999999", false)]
    [InlineData("1e-99999999999999", false)]
    [InlineData("[0.1e-00000000000000000001]", true)]
    public void Numbers_with_more_decimals_than_jsonb_takes_are_refused(string json, bool isAllowed) =>
        Check(json, isAllowed, "too many decimals");

    [Theory]
    [InlineData(16_383, true)]
    [InlineData(16_384, false)]
    public void Decimals_count_whether_or_not_they_matter_to_a_double(int decimals, bool isAllowed) =>
        Check($"[0.{new string('3', decimals)}]", isAllowed, "too many decimals");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_is_not_JSON(string? json) => Check(json!, isAllowed: false, "it is empty");

    [Theory]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// no\n1")]
    [InlineData("{a:1}")]
    [InlineData("'a'")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("True")]
    [InlineData("\"\t\"")]
    [InlineData("\ufeff1")]
    public void What_is_not_JSON_is_refused(string json) => Check(json, isAllowed: false, "it is not JSON");

    [Fact]
    public void A_long_text_is_cut_in_the_message()
    {
        var error = Assert.Throws<InvalidInputException>(() => JsonText.Check("state", new string('[', 10_000)));
        Assert.InRange(error.Message.Length, 100, 600);
    }

    [Fact]
    public void Whatever_text_comes_it_passes_or_is_refused_by_name() => AnyText(12).Sample(PassesOrIsRefusedByName);

    [Fact]
    public void Whatever_stands_between_quotes_passes_or_is_refused_by_name() =>
        AnyText(5).Sample(text => PassesOrIsRefusedByName($"\"{text}\""));

    private static Gen<string> AnyText(int maxLength) => Gen.String[Gen.Char["{}[]\",:\\u0d8e1-. ~\u007f\0\t\ud83d\ude00é"], 0, maxLength];

    private static void PassesOrIsRefusedByName(string text)
    {
        var error = Record.Exception(() => JsonText.Check("state", text));
        Assert.True(error is null or InvalidInputException, $"{text}: {error}");
        // That always parses.
        var keyError = Record.Exception(() => StateKey.FromJson(text));
        if (error is null && keyError is not null)
        {
            // What may be stored may still make no key.
            Assert.IsType<InvalidInputException>(keyError);
            Assert.Contains("a number in it is beyond 2^53", keyError.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(error?.GetType(), keyError?.GetType());
    }

    private static void Check(string json, bool isAllowed, string problem = "")
    {
        if (isAllowed)
        {
            JsonText.Check("state", json);
            Assert.Equal(StateKey.FromJson(json), StateKey.FromJson(CanonicalJson.Canonicalize(json)));
            return;
        }

        AssertRefused("state", problem, Assert.Throws<InvalidInputException>(() => JsonText.Check("state", json)));
        AssertRefused("JSON", problem, Assert.Throws<InvalidInputException>(() => StateKey.FromJson(json)));
        AssertRefused("JSON", problem, Assert.Throws<InvalidInputException>(() => ActionKey.FromJson(json)));
    }

    private static void AssertRefused(string what, string problem, InvalidInputException error)
    {
        Assert.StartsWith($"The {what} '", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: JSON of at most 262144 bytes, at most 64 levels deep", error.Message, StringComparison.Ordinal);
    }
}
