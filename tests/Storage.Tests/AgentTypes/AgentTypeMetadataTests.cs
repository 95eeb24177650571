using CsCheck;
using QLearning.Storage.AgentTypes;

namespace QLearning.Storage.Tests.AgentTypes;

/// <summary>Settings of an agent type are read from its metadata and checked.</summary>
public sealed class AgentTypeMetadataTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"owner": "team A", "nested": {"temperature": -1}}""")]
    public void What_is_not_set_has_its_default(string? json) => Assert.Equal(new AgentTypeSettings(), AgentTypeMetadata.Parse(Name, json));

    [Fact]
    public void Every_setting_is_read() => Assert.Equal(
        new AgentTypeSettings
        {
            LearningRule = LearningRule.ExpectedSarsa,
            ExplorationPolicy = ExplorationPolicy.Ucb1,
            Temperature = 0.25,
            Ucb1Constant = 0,
            TtlDays = 36_500,
            WriteMode = WriteMode.Durable,
            HotLimit = 20_000,
        },
        AgentTypeMetadata.Parse(Name, """
            {"learningRule": "expectedSarsa", "explorationPolicy": "ucb1", "temperature": 0.25, "ucb1Constant": 0, "ttlDays": 36500,
             "writeMode": "durable", "hotLimit": 20000}
            """));

    [Theory]
    [InlineData("learningRule", "\"qLearning\"")]
    [InlineData("learningRule", "\"sarsa\"")]
    [InlineData("explorationPolicy", "\"epsilonGreedy\"")]
    [InlineData("explorationPolicy", "\"greedy\"")]
    [InlineData("explorationPolicy", "\"softmax\"")]
    [InlineData("writeMode", "\"writeBehind\"")]
    [InlineData("temperature", "999999.999999")]
    [InlineData("ttlDays", "1")]
    [InlineData("hotLimit", "100000000")]
    [InlineData("hotLimit", "null")]
    public void What_the_error_message_allows_is_allowed(string name, string value) =>
        Assert.NotNull(AgentTypeMetadata.Parse(Name, $$"""{"{{name}}": {{value}}}"""));

    [Theory]
    [InlineData("learningRule", "\"dyna\"")]
    [InlineData("learningRule", "1")]
    [InlineData("explorationPolicy", "\"random\"")]
    [InlineData("explorationPolicy", "null")]
    [InlineData("temperature", "0")]
    [InlineData("temperature", "-1")]
    [InlineData("temperature", "1000000")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("ucb1Constant", "-0.1")]
    [InlineData("ucb1Constant", "1000000")]
    [InlineData("ttlDays", "0")]
    [InlineData("ttlDays", "36501")]
    [InlineData("ttlDays", "1.5")]
    [InlineData("hotLimit", "19999")]
    [InlineData("hotLimit", "100000001")]
    [InlineData("writeMode", "\"sometimes\"")]
    public void A_setting_that_is_not_allowed_is_refused_by_name(string name, string value)
    {
        var error = Assert.Throws<InvalidInputException>(() => AgentTypeMetadata.Parse(Name, $$"""{"{{name}}": {{value}}}"""));
        Assert.Contains("metadata of agent type my-type", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: learningRule", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    public void Metadata_that_is_no_object_is_refused(string json) =>
        Assert.Throws<InvalidInputException>(() => AgentTypeMetadata.Parse(Name, json));

    [Fact]
    public void Any_number_is_taken_or_refused_but_never_changed() =>
        Gen.Select(Gen.Int, Gen.Double[-10, 10]).Sample((days, temperature) =>
        {
            var json = FormattableString.Invariant($$"""{"ttlDays": {{days}}, "temperature": {{temperature:R}}}""");
            if (days is >= 1 and <= 36_500 && temperature > 0)
            {
                var settings = AgentTypeMetadata.Parse(Name, json);
                Assert.Equal((days, temperature), (settings.TtlDays, settings.Temperature));
            }
            else
            {
                Assert.Throws<InvalidInputException>(() => AgentTypeMetadata.Parse(Name, json));
            }
        });

    private const string Name = "my-type";
}
