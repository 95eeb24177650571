using System.Text.Json;
using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>Pins what canonical JSON is for: one text, and so one key, for all spellings of one value, and only for that value.</summary>
public class CanonicalJsonProperties
{
    [Fact]
    public void All_spellings_of_a_value_have_one_text() =>
        Gen.Select(JsonGen.Tree, Gen.Int, Gen.Int).Sample((tree, seed, otherSeed) =>
        {
            var (one, other) = (tree.Spell(new Random(seed)), tree.Spell(new Random(otherSeed)));
            Assert.Equal(CanonicalJson.Canonicalize(one), CanonicalJson.Canonicalize(other));
        });

    [Fact]
    public void All_spellings_of_a_value_have_one_key() =>
        Gen.Select(JsonGen.KeyTree, Gen.Int, Gen.Int).Sample((tree, seed, otherSeed) =>
            Assert.Equal(
                StateKey.FromJson(tree.Spell(new Random(seed))), StateKey.FromJson(tree.Spell(new Random(otherSeed)))));

    [Fact]
    public void The_canonical_text_is_its_own_canonical_text() =>
        Gen.Select(JsonGen.Tree, Gen.Int).Sample((tree, seed) =>
        {
            var canonical = CanonicalJson.Canonicalize(tree.Spell(new Random(seed)));
            Assert.Equal(canonical, CanonicalJson.Canonicalize(canonical));
        });

    [Fact]
    public void The_canonical_text_is_the_same_value() =>
        Gen.Select(JsonGen.Tree, Gen.Int).Sample((tree, seed) =>
        {
            var json = tree.Spell(new Random(seed));
            using var before = JsonDocument.Parse(json);
            using var after = JsonDocument.Parse(CanonicalJson.Canonicalize(json));
            Assert.True(IsSame(before.RootElement, after.RootElement), json);
        });

    [Fact]
    public void Different_values_have_different_texts() =>
        Gen.Select(JsonGen.Tree, JsonGen.Tree, Gen.Int).Sample((one, other, seed) =>
        {
            var (json, otherJson) = (one.Spell(new Random(seed)), other.Spell(new Random(seed)));
            using var document = JsonDocument.Parse(json);
            using var otherDocument = JsonDocument.Parse(otherJson);
            Assert.Equal(
                IsSame(document.RootElement, otherDocument.RootElement),
                CanonicalJson.Canonicalize(json) == CanonicalJson.Canonicalize(otherJson));
        });

    [Theory]
    [InlineData("{\"a\":8}", "{ \"a\": 8.0 }")]
    [InlineData("{\"a\":8}", "{\"a\":0.8e1}")]
    [InlineData("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}")]
    [InlineData("\"\\u00e9\"", "\"\u00e9\"")]
    public void Spellings_that_agents_mix_have_one_key(string one, string other)
    {
        Assert.Equal(StateKey.FromJson(one), StateKey.FromJson(other));
        Assert.Equal(ActionKey.FromJson(one), ActionKey.FromJson(other));
    }

    [Theory]
    [InlineData("{\"a\":8}", "{\"b\":8}")]
    [InlineData("{\"a\":8}", "{\"a\":\"8\"}")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("[]", "{}")]
    [InlineData("null", "\"null\"")]
    [InlineData("\"\u00e9\"", "\"e\u0301\"")]
    public void Values_that_look_alike_have_different_keys(string one, string other) =>
        Assert.NotEqual(StateKey.FromJson(one), StateKey.FromJson(other));

    // JsonElement.DeepEquals compares numbers as decimals; to RFC 8785 they are doubles.
    private static bool IsSame(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
        {
            return false;
        }

        return one.ValueKind switch
        {
            JsonValueKind.Number => one.GetDouble() == other.GetDouble(),
            JsonValueKind.String => one.GetString() == other.GetString(),
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength()
                && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second)),
            JsonValueKind.Object => one.GetPropertyCount() == other.GetPropertyCount()
                && one.EnumerateObject().All(member => other.TryGetProperty(member.Name, out var value) && IsSame(member.Value, value)),
            _ => true,
        };
    }
}
