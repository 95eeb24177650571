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
    [InlineData("""{"partitions": null, "ttlDays": null, "explorationPolicy": null}""")]
    public void What_is_not_set_has_its_default(string? json) =>
        Assert.Equal(new StoredSettings(new AgentTypeSettings(), null, null), AgentTypeMetadata.Read(json));

    [Fact]
    public void Every_setting_is_read() => Assert.Equal(
        new StoredSettings(
            new AgentTypeSettings
            {
                LearningRule = LearningRule.ExpectedSarsa,
                ExplorationPolicy = ExplorationPolicy.Ucb1,
                Temperature = 0.25,
                Ucb1Constant = 0,
                TtlDays = 36_500,
                WriteMode = WriteMode.Durable,
                HotLimit = 20_000,
                Partitions = 64,
            },
            null,
            null),
        AgentTypeMetadata.Read("""
            {"learningRule": "expectedSarsa", "explorationPolicy": "ucb1", "temperature": 0.25, "ucb1Constant": 0, "ttlDays": 36500,
             "writeMode": "durable", "hotLimit": 20000, "partitions": 64}
            """));

    [Fact]
    public void What_is_written_is_read_again()
    {
        var settings = new AgentTypeSettings
        {
            LearningRule = LearningRule.Sarsa,
            Temperature = 0.1,
            TtlDays = 3,
            HotLimit = 30_000,
            Partitions = 5,
        };
        Assert.Equal(new StoredSettings(settings, null, null), AgentTypeMetadata.Read(AgentTypeMetadata.ToJson(settings)));
    }

    [Theory]
    [InlineData("learningRule", "\"qLearning\"")]
    [InlineData("learningRule", "\"sarsa\"")]
    [InlineData("explorationPolicy", "\"epsilonGreedy\"")]
    [InlineData("explorationPolicy", "\"greedy\"")]
    [InlineData("explorationPolicy", "\"softmax\"")]
    [InlineData("writeMode", "\"writeBehind\"")]
    [InlineData("temperature", "999999.999999")]
    [InlineData("temperature", "\"0.5\"")]
    [InlineData("ttlDays", "1")]
    [InlineData("ttlDays", "\"60\"")]
    [InlineData("ttlDays", "60.0")]
    [InlineData("hotLimit", "100000000")]
    public void What_the_error_message_allows_is_allowed(string name, string value) =>
        Assert.Null(AgentTypeMetadata.Read($$"""{"{{name}}": {{value}}}""").Error);

    [Theory]
    [InlineData("learningRule", "\"dyna\"")]
    [InlineData("learningRule", "1")]
    [InlineData("learningRule", "\"1\"")]
    [InlineData("explorationPolicy", "\"random\"")]
    [InlineData("explorationPolicy", "[]")]
    [InlineData("explorationPolicy", "\"greedy, softmax\"")]
    [InlineData("learningRule", "\"qLearning, sarsa\"")]
    [InlineData("learningRule", "\"sarsa \"")]
    [InlineData("writeMode", "\"agentTypeDefault\"")]
    [InlineData("temperature", "0")]
    [InlineData("temperature", "-1")]
    [InlineData("temperature", "1000000")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("temperature", "\"NaN\"")]
    [InlineData("ucb1Constant", "-0.1")]
    [InlineData("ucb1Constant", "1000000")]
    [InlineData("ttlDays", "0")]
    [InlineData("ttlDays", "36501")]
    [InlineData("ttlDays", "1.5")]
    [InlineData("ttlDays", "true")]
    [InlineData("ttlDays", "\"\"")]
    [InlineData("hotLimit", "19999")]
    [InlineData("hotLimit", "100000001")]
    [InlineData("partitions", "0")]
    [InlineData("partitions", "100")]
    [InlineData("partitions", "-1")]
    [InlineData("partitions", "99999999999999999999")]
    [InlineData("writeMode", "\"sometimes\"")]
    public void A_setting_that_is_not_allowed_is_told_by_name_and_the_others_are_read(string name, string value)
    {
        var other = name == "ttlDays" ? "hotLimit" : "ttlDays";
        var (settings, error, warning) = AgentTypeMetadata.Read($$"""{"{{name}}": {{value}}, "{{other}}": 25000}""");
        Assert.StartsWith($"{name} is {value}. Allowed: learningRule", error, StringComparison.Ordinal);
        Assert.Null(warning);
        Assert.Equal(
            other == "hotLimit" ? new AgentTypeSettings { HotLimit = 25_000 } : new AgentTypeSettings { TtlDays = 25_000 }, settings);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    public void Metadata_that_is_no_object_cannot_be_used(string json) =>
        Assert.Equal(
            new StoredSettings(new AgentTypeSettings(), $"metadata is {json}. Allowed: an object.", null), AgentTypeMetadata.Read(json));

    [Theory]
    [InlineData("ttldays", "ttlDays")]
    [InlineData("ttlDay", "ttlDays")]
    [InlineData("TtlDays", "ttlDays")]
    [InlineData("partition", "partitions")]
    [InlineData("hot_limit", "hotLimit")]
    [InlineData("explorationpolicy", "explorationPolicy")]
    public void A_misspelt_name_is_warned_of_with_the_nearest_one_and_changes_nothing(string name, string nearest)
    {
        var (settings, error, warning) = AgentTypeMetadata.Read($$"""{"{{name}}": 60}""");
        Assert.Equal((new AgentTypeSettings(), null), (settings, error));
        Assert.Equal($"metadata has '{name}', which is no setting; did you mean '{nearest}'?", warning);
    }

    [Fact]
    public void Any_number_is_taken_or_refused_but_never_changed() =>
        Gen.Select(Gen.Int, Gen.Double[-10, 10]).Sample((days, temperature) =>
        {
            var (settings, error, _) = AgentTypeMetadata.Read(
                FormattableString.Invariant($$"""{"ttlDays": {{days}}, "temperature": {{temperature:R}}}"""));
            Assert.Equal(days is >= 1 and <= 36_500 ? days : 30, settings.TtlDays);
            Assert.Equal(temperature > 0 ? temperature : 1, settings.Temperature);
            Assert.Equal(days is not (>= 1 and <= 36_500) || !(temperature > 0), error is not null);
        });
}
