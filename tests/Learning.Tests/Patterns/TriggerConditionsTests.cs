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
    public void Conditions_hold_for_what_they_describe(string conditions, bool expected)
    {
        using var state = JsonDocument.Parse(State);
        Assert.Equal(expected, TriggerConditions.Parse(conditions).Hold(state.RootElement));
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
    public void What_cannot_be_read_is_refused(string conditions, string named) =>
        Assert.Contains(
            named, Assert.Throws<InvalidInputException>(() => TriggerConditions.Parse(conditions)).Message, StringComparison.Ordinal);
}
