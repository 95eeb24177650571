using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>Pins the text that RFC 8785 gives to names, strings, literals and nesting.</summary>
public class CanonicalJsonTests
{
    [Theory]
    [InlineData(""" { "b" : 1 , "a" : 2 } """, """{"a":2,"b":1}""")]
    [InlineData("""{"a":{"d":1,"c":2},"B":3}""", """{"B":3,"a":{"c":2,"d":1}}""")]
    [InlineData("""{"10":1,"9":2,"":3}""", """{"":3,"10":1,"9":2}""")]
    [InlineData("""{"aa":1,"a":2,"a ":3}""", """{"a":2,"a ":3,"aa":1}""")]
    [InlineData("""[ ]""", "[]")]
    [InlineData("""{ }""", "{}")]
    [InlineData("""[ [ ] , { } , [ [ 1 ] , 2 ] ]""", "[[],{},[[1],2]]")]
    [InlineData("[3, 1, 2]", "[3,1,2]")]
    [InlineData("[true, false, null]", "[true,false,null]")]
    [InlineData(" \"text\" ", "\"text\"")]
    [InlineData(" 7 ", "7")]
    [InlineData("""["[", "{", ",", ":"]""", """["[","{",",",":"]""")]
    public void White_space_goes_and_names_are_sorted_but_items_keep_their_order(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Canonicalize(json));

    [Fact]
    public void Names_are_sorted_by_their_UTF_16_code_units()
    {
        // U+1F600 is D83D DE00 in UTF-16, so it goes before U+FB33, although its code point is larger.
        string[] sorted = ["\n", "0", "Z", "a", "\u007f", "\u00e9", "\u20ac", "\ud7ff", "\ud83d\ude00", "\ud83d\ude01", "\ue000", "\ufb33"];
        var shuffled = sorted.OrderBy(name => name[^1] % 7).Select(name => $"{System.Text.Json.JsonSerializer.Serialize(name)}:1");
        var expected = sorted.Select(name => name == "\n" ? "\"\\n\":1" : $"\"{name}\":1");
        Assert.Equal($"{{{string.Join(',', expected)}}}", CanonicalJson.Canonicalize($"{{{string.Join(',', shuffled)}}}"));
    }

    [Fact]
    public void Names_are_compared_without_any_normalization() =>
        Assert.Equal("{\"e\u0301\":1,\"\u00e9\":2}", CanonicalJson.Canonicalize("{\"\u00e9\":2,\"e\u0301\":1}"));

    [Theory]
    [InlineData(@"""\b\t\n\f\r""", @"""\b\t\n\f\r""")]
    [InlineData(@"""\u0008\u0009\u000A\u000c\u000D""", @"""\b\t\n\f\r""")]
    [InlineData(@"""\u0001\u000B\u001f""", @"""\u0001\u000b\u001f""")]
    [InlineData(@"""\u001F\u0020\u007F""", "\"\\u001f \u007f\"")]
    [InlineData(@"""\u0022\u005C\u002F""", @"""\""\\/""")]
    [InlineData(@"""\/""", @"""/""")]
    [InlineData(@"""<>&'+\u003c""", @"""<>&'+<""")]
    [InlineData(@"""\u20ac\u00F6\u0080""", "\"\u20ac\u00f6\u0080\"")]
    [InlineData(@"""\uD83D\uDE00""", "\"\U0001F600\"")]
    [InlineData(@"""\u2028\u2029\ufeff""", "\"\u2028\u2029\ufeff\"")]
    public void Strings_have_the_fewest_escapes(string json, string canonical) => Assert.Equal(canonical, CanonicalJson.Canonicalize(json));

    [Fact]
    public void Names_are_escaped_as_strings_are() =>
        Assert.Equal("{\"\\u001f\":0,\"\\\"\":1}", CanonicalJson.Canonicalize("{\"\\u0022\":1,\"\\u001F\":0}"));

    [Fact]
    public void The_key_of_a_JSON_text_is_the_SHA_256_of_its_canonical_form_in_UTF_8()
    {
        // printf '{"a":8,"ö":[1e-30]}' | sha256sum
        var key = StateKey.FromJson(" { \"\\u00f6\" : [ 1E-30 ] , \"a\" : 8.0 } ");
        Assert.Equal("1a15dfa6b81c113fac135376603566fc5301a768bfca12ed9a181ff5cd223c08", key.ToString());
        Assert.Equal(key.ToString(), ActionKey.FromJson("{\"a\":8,\"ö\":[1e-30]}").ToString());
    }
}
