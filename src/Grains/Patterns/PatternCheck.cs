using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Abstractions.Json;
using QLearning.Grains.Input;
using QLearning.Learning.Patterns;

namespace QLearning.Grains.Patterns;

/// <summary>The door of the pattern library.</summary>
internal static class PatternCheck
{
    private const int MaxNameCharacters = 200;
    private const int MaxTypeCharacters = 50;
    private const int MaxLimit = 1_000;

    private static readonly TimeSpan _minTimeToLive = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _maxTimeToLive = TimeSpan.FromDays(36_500);

    public static void New(NewPattern pattern)
    {
        if (pattern is null)
        {
            throw InvalidInputException.For("pattern", null, "it is missing", "a pattern with name, type and data");
        }

        TextCheck.Required("pattern name", pattern.Name, MaxNameCharacters);
        TextCheck.Required("pattern type", pattern.Type, MaxTypeCharacters);
        TextCheck.Optional("pattern category", pattern.Category, MaxTypeCharacters);
        JsonText.Check("pattern data", pattern.DataJson);
        if (pattern.TriggerConditionsJson is { } conditions)
        {
            JsonText.Check("trigger conditions", conditions);
            TriggerConditions.Parse(conditions);
        }

        if (pattern.ExpectedOutcomeJson is { } outcome)
        {
            JsonText.Check("expected outcome", outcome);
        }

        if (pattern.MetadataJson is { } metadata)
        {
            JsonText.CheckObject("pattern metadata", metadata);
        }

        if (pattern.TimeToLive is { } life && (life < _minTimeToLive || life > _maxTimeToLive))
        {
            throw InvalidInputException.For("time to live", life, "it is out of range", "1 second to 36500 days, or none");
        }
    }

    public static void Name(string name) => TextCheck.Required("pattern name", name, MaxNameCharacters);

    public static void Query(PatternQuery query)
    {
        if (query is null)
        {
            throw InvalidInputException.For("query", null, "it is missing", "what is wanted of a pattern");
        }

        TextCheck.Optional("pattern name", query.Name, MaxNameCharacters);
        TextCheck.Optional("pattern type", query.Type, MaxTypeCharacters);
        TextCheck.Optional("pattern category", query.Category, MaxTypeCharacters);
        if (query.MinSimilarity is not (> 0 and <= 1))
        {
            throw InvalidInputException.For("minimum similarity", query.MinSimilarity, "it is out of range", "above 0 up to 1");
        }

        if (query.Limit is < 1 or > MaxLimit)
        {
            throw InvalidInputException.For("limit", query.Limit, "it is out of range", $"1 to {MaxLimit}");
        }

        if (query.ContainsJson is { } contained)
        {
            JsonText.Check("contained data", contained);
        }

        if (query.StateJson is { } state)
        {
            JsonText.Check("state", state);
        }
    }

    public static void Uses(PatternUse[] uses)
    {
        InputCheck.BatchSize("uses", uses);
        var ids = new HashSet<Guid>();
        foreach (var use in uses)
        {
            if (use is null || use.Id == Guid.Empty || !ids.Add(use.Id))
            {
                throw InvalidInputException.For("use id", use?.Id, "it is missing, empty or given twice", "an id of its own for each use");
            }

            InputCheck.Value("reward", use.Reward);
        }
    }
}
