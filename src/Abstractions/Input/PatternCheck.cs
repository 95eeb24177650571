using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Input;

/// <summary>Patterns, what is asked about them, and their uses.</summary>
internal static class PatternCheck
{
    /// <exception cref="InvalidInputException">
    /// Something in it is not allowed. The grammar of trigger conditions is not looked at.
    /// </exception>
    public static void New(NewPattern? pattern)
    {
        InputCheck.Present("pattern", pattern, "a pattern with name, type and data");
        if (pattern.Id is { } id)
        {
            InputCheck.Id("pattern id", id, "an id of its own for each pattern, or none");
        }

        Name(pattern.Name);
        InputCheck.Text("pattern type", pattern.Type, QLimits.MaxPatternTypeCharacters);
        InputCheck.OptionalText("pattern category", pattern.Category, QLimits.MaxPatternTypeCharacters);
        JsonText.Check("pattern data", pattern.DataJson);
        InputCheck.OptionalJson("trigger conditions", pattern.TriggerConditionsJson);
        InputCheck.OptionalJson("expected outcome", pattern.ExpectedOutcomeJson);
        InputCheck.OptionalObject("pattern metadata", pattern.MetadataJson);
        if (pattern.TimeToLive is { } life && (life < QLimits.MinPatternLife || life > TimeSpan.FromDays(QLimits.MaxTtlDays)))
        {
            throw InvalidInputException.For(
                "time to live",
                life,
                "it is out of range",
                FormattableString.Invariant($"{QLimits.MinPatternLife.TotalSeconds} second to {QLimits.MaxTtlDays} days, or none"));
        }
    }

    /// <exception cref="InvalidInputException">It is empty or too long.</exception>
    public static void Name(string? name) => InputCheck.Text("pattern name", name, QLimits.MaxPatternNameCharacters);

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(PatternQuery? query)
    {
        InputCheck.Present("query", query, "what is wanted of a pattern");
        InputCheck.OptionalText("pattern name", query.Name, QLimits.MaxPatternNameCharacters);
        InputCheck.OptionalText("pattern type", query.Type, QLimits.MaxPatternTypeCharacters);
        InputCheck.OptionalText("pattern category", query.Category, QLimits.MaxPatternTypeCharacters);
        InputCheck.AboveZero("minimum similarity", query.MinSimilarity, 1);
        InputCheck.Range("limit", query.Limit, 1, QLimits.MaxRows);
        InputCheck.OptionalJson("contained data", query.ContainsJson);
        InputCheck.OptionalJson("state", query.StateJson);
    }

    /// <exception cref="InvalidInputException">There are too many, two have one id, or something in one is not allowed.</exception>
    public static void Uses(PatternUse[]? uses)
    {
        InputCheck.Batch("uses", uses);
        var ids = new HashSet<Guid>();
        foreach (var use in uses)
        {
            if (use is null || use.Id == Guid.Empty || !ids.Add(use.Id))
            {
                throw InvalidInputException.For("use id", use?.Id, "it is missing, empty or given twice", "an id of its own for each use");
            }

            QTableCheck.Value("reward", use.Reward);
        }
    }
}
