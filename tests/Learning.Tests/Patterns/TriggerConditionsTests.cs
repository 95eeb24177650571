using System.Text.Json;
using QLearning.Learning.Patterns;

namespace QLearning.Learning.Tests.Patterns;

/// <summary>Conditions hold for the states they describe, and what cannot be read is refused when it is stored.</summary>
public class TriggerConditionsTests
{
    private const string State = """
        {"coverage": 40, "framework": "xunit", "ci": {"provider": "gh", "flaky": true}, "tags": ["a"], "a.b": 7, "none": null}
        """;

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"coverage": 40}""", true)]
    [InlineData("""{"coverage": 40.0}""", true)]
    [InlineData("""{"coverage": "40"}""", false)]
    [InlineData("""{"coverage": {"$lt": 41}}""", true)]
    [InlineData("""{"coverage": {"$lt": 40}}""", false)]
    [InlineData("""{"coverage": {"$lte": 40}}""", true)]
    [InlineData("""{"coverage": {"$gt": 39.5}}""", true)]
    [InlineData("""{"coverage": {"$gt": 40}}""", false)]
    [InlineData("""{"coverage": {"$gte": 40}}""", true)]
    [InlineData("""{"coverage": {"$gte": 10, "$lt": 50}}""", true)]
    [InlineData("""{"coverage": {"$gte": 10, "$lt": 20}}""", false)]
    [InlineData("""{"coverage": {"$lt": "x"}}""", false)]
    [InlineData("""{"framework": {"$lt": "y"}}""", true)]
    [InlineData("""{"framework": {"$gte": "y"}}""", false)]
    [InlineData("""{"framework": {"$eq": "xunit"}}""", true)]
    [InlineData("""{"framework": {"$ne": "xunit"}}""", false)]
    [InlineData("""{"framework": {"$ne": "jest"}}""", true)]
    [InlineData("""{"missing": {"$ne": "jest"}}""", true)]
    [InlineData("""{"framework": {"$in": ["jest", "xunit"]}}""", true)]
    [InlineData("""{"framework": {"$in": []}}""", false)]
    [InlineData("""{"missing": {"$in": [null]}}""", false)]
    [InlineData("""{"none": {"$in": [null]}}""", true)]
    [InlineData("""{"coverage": {"$exists": true}}""", true)]
    [InlineData("""{"none": {"$exists": true}}""", true)]
    [InlineData("""{"missing": {"$exists": true}}""", false)]
    [InlineData("""{"missing": {"$exists": false}}""", true)]
    [InlineData("""{"missing": {"$lt": 5}}""", false)]
    [InlineData("""{"ci.provider": "gh"}""", true)]
    [InlineData("""{"ci.provider.x": "gh"}""", false)]
    [InlineData("""{"ci": {"provider": "gh", "flaky": true}}""", true)]
    [InlineData("""{"ci": {"provider": "gh"}}""", false)]
    [InlineData("""{"a.b": 7}""", true)]
    [InlineData("""{"tags": ["a"]}""", true)]
    [InlineData("""{"coverage": 40, "framework": "jest"}""", false)]
    [InlineData("""{"$or": [{"coverage": 1}, {"framework": "xunit"}]}""", true)]
    [InlineData("""{"$or": [{"coverage": 1}, {"framework": "jest"}]}""", false)]
    [InlineData("""{"$or": [{"coverage": 40, "framework": "jest"}]}""", false)]
    [InlineData("""{"$and": [{"coverage": 40}, {"framework": "xunit"}]}""", true)]
    [InlineData("""{"$and": [{"coverage": 40}, {"framework": "jest"}]}""", false)]
    [InlineData("""{"$not": {"framework": "jest"}}""", true)]
    [InlineData("""{"$not": {"framework": "xunit"}}""", false)]
    [InlineData("""{"$not": {"framework": "xunit", "coverage": 1}}""", true)]
    [InlineData("""{"coverage": 40, "$or": [{"framework": "jest"}, {"ci.flaky": true}]}""", true)]
    [InlineData("""{"coverage": 41, "$or": [{"framework": "jest"}, {"ci.flaky": true}]}""", false)]
    [InlineData("""{"$or": [{"$and": [{"coverage": {"$lt": 50}}, {"$not": {"framework": "jest"}}]}, {"coverage": 1}]}""", true)]
    [InlineData("""{"$not": {"$or": [{"$and": [{"coverage": {"$lt": 50}}, {"framework": "xunit"}]}, {"coverage": 1}]}}""", false)]
    public void Conditions_hold_for_what_they_describe(string conditions, bool expected)
    {
        using var state = JsonDocument.Parse(State);
        Assert.Equal(expected, TriggerConditions.Parse(conditions).Hold(state.RootElement));
    }

    [Theory]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("-9007199254740992", "-9007199254740993")]
    [InlineData("0.10000000000000000001", "0.1")]
    [InlineData("1e3", "999.9999999999999999999")]
    [InlineData("1e-300", "0")]
    [InlineData("0", "-1e-300")]
    [InlineData("12", "1.9e0")]
    [InlineData("100000000000000000000000000001", "1e29")]
    public void Numbers_are_compared_with_all_their_digits(string larger, string smaller)
    {
        AssertOrder(larger, smaller);
        Assert.False(Holds(larger, $$"""{"x": {{smaller}}}"""));
    }

    [Theory]
    [InlineData("9007199254740993", "9007199254740993.000")]
    [InlineData("120", "1.2e2")]
    [InlineData("0", "-0.0")]
    [InlineData("0.5", "5E-1")]
    public void A_number_is_the_same_however_it_is_written(string one, string other)
    {
        Assert.True(Holds(one, $$"""{"x": {"$gte": {{other}}, "$lte": {{other}}, "$eq": {{other}}, "$in": [{{other}}]} }"""));
        Assert.False(Holds(one, $$"""{"x": {"$gt": {{other}} } }"""));
    }

    [Theory]
    [InlineData("\ud83d\ude00", "\uff5e")]
    [InlineData("a\ud83d\ude00", "a\ue000b")]
    [InlineData("\ud83d\ude01", "\ud83d\ude00")]
    [InlineData("b", "a\ud83d\ude00")]
    [InlineData("ab", "a")]
    [InlineData("z", "Z")]
    public void Texts_are_ordered_by_code_point(string larger, string smaller) =>
        AssertOrder(JsonSerializer.Serialize(larger), JsonSerializer.Serialize(smaller));

    private static void AssertOrder(string larger, string smaller)
    {
        Assert.True(Holds(larger, $$"""{"x": {"$gt": {{smaller}}, "$gte": {{smaller}}, "$ne": {{smaller}} } }"""));
        Assert.False(Holds(larger, $$"""{"x": {"$lte": {{smaller}} } }"""));
        Assert.True(Holds(smaller, $$"""{"x": {"$lt": {{larger}}, "$lte": {{larger}} } }"""));
        Assert.False(Holds(smaller, $$"""{"x": {"$gte": {{larger}} } }"""));
    }

    private static bool Holds(string value, string conditions)
    {
        using var state = JsonDocument.Parse($$"""{"x": {{value}}}""");
        return TriggerConditions.Parse(conditions).Hold(state.RootElement);
    }

    [Theory]
    [InlineData("40", false)]
    [InlineData("[1]", false)]
    public void A_state_that_is_no_object_has_no_features(string state, bool expected)
    {
        using var document = JsonDocument.Parse(state);
        Assert.Equal(expected, TriggerConditions.Parse("""{"x": 1}""").Hold(document.RootElement));
        Assert.True(TriggerConditions.Parse("""{"x": {"$exists": false}}""").Hold(document.RootElement));
    }

    [Theory]
    [InlineData("[]", "no object")]
    [InlineData("5", "no object")]
    [InlineData("""{"x": {"$near": 5}}""", "$near")]
    [InlineData("""{"x": {"$lt": 5, "y": 1}}""", "'y'")]
    [InlineData("""{"x": {"$lt": [5]}}""", "'$lt'")]
    [InlineData("""{"x": {"$gte": null}}""", "'$gte'")]
    [InlineData("""{"x": {"$in": "a"}}""", "'$in'")]
    [InlineData("""{"x": {"$exists": 1}}""", "'$exists'")]
    [InlineData("""{"$or": {"x": 1}}""", "'$or'")]
    [InlineData("""{"$or": []}""", "'$or'")]
    [InlineData("""{"$and": [5]}""", "'$and'")]
    [InlineData("""{"$not": [{"x": 1}]}""", "'$not'")]
    [InlineData("""{"$nor": [{"x": 1}]}""", "'$nor'")]
    [InlineData("""{"$and": [{"$not": {"x": {"$near": 5}}}]}""", "$near")]
    public void What_cannot_be_read_is_refused(string conditions, string named) =>
        Assert.Contains(
            named, Assert.Throws<InvalidInputException>(() => TriggerConditions.Parse(conditions)).Message, StringComparison.Ordinal);
}
