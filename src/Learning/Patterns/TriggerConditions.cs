using System.Text.Json;

namespace QLearning.Learning.Patterns;

/// <summary>
/// The conditions under which a pattern applies, read once and then checked against many states. The grammar is on
/// <see cref="NewPattern.TriggerConditionsJson"/>.
/// </summary>
public sealed class TriggerConditions
{
    private const string Allowed = "an object of features with a value, or with the operators $lt $lte $gt $gte (number or text), $eq $ne, "
        + "$in (array) and $exists (true or false); beside features $and and $or (an array of such objects, at least one) and $not "
        + "(such an object)";

    private readonly ICondition _whole;

    private TriggerConditions(ICondition whole) => _whole = whole;

    /// <summary>One condition, or several.</summary>
    private interface ICondition
    {
        bool Holds(JsonElement state);
    }

    /// <summary>Reads conditions.</summary>
    /// <param name="json">A JSON text that has been checked to be JSON.</param>
    /// <exception cref="InvalidInputException">
    /// It is no object, nested too deep, has an unknown operator, or one with a wrong operand.
    /// </exception>
    public static TriggerConditions Parse(string json)
    {
        using var document = Read(json);
        var root = document.RootElement.Clone();
        return root.ValueKind == JsonValueKind.Object
            ? new TriggerConditions(ParseAll(root, json))
            : throw InvalidInputException.For("trigger conditions", json, "they are no object", Allowed);
    }

    /// <summary>Whether a state fulfils all conditions.</summary>
    /// <param name="state">The state.</param>
    public bool Hold(JsonElement state) => _whole.Holds(state);

    // Conditions are read and checked by recursion: beyond the limit of what callers store, which SQL need not keep, they are refused.
    private static JsonDocument Read(string json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = QLimits.MaxJsonDepth });
        }
        catch (JsonException error)
        {
            throw InvalidInputException.For(
                "trigger conditions", json, $"they cannot be read ({error.Message.TrimEnd('.')})",
                FormattableString.Invariant($"JSON at most {QLimits.MaxJsonDepth} levels deep"));
        }
    }

    private static All ParseAll(JsonElement conditions, string json) =>
        new([.. conditions.EnumerateObject().SelectMany(member => ParseMember(member, json))]);

    private static IEnumerable<ICondition> ParseMember(JsonProperty member, string json) => member.Name switch
    {
        "$and" => [new All(ParseEach(member, json))],
        "$or" => [new Any(ParseEach(member, json))],
        "$not" when member.Value.ValueKind == JsonValueKind.Object => [new Not(ParseAll(member.Value, json))],
        "$not" => throw WrongOperand(member, json),
        ['$', ..] => throw InvalidInputException.For(
            "trigger conditions", json, $"the operator '{member.Name}' is unknown outside of a feature", Allowed),
        _ => ParseFeature(member, json),
    };

    private static ICondition[] ParseEach(JsonProperty member, string json) =>
        member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0
        && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. member.Value.EnumerateArray().Select(item => ParseAll(item, json))]
            : throw WrongOperand(member, json);

    private static InvalidInputException WrongOperand(JsonProperty member, string json) =>
        InvalidInputException.For("trigger conditions", json, $"the operand of '{member.Name}' has a wrong type", Allowed);

    private static IEnumerable<ICondition> ParseFeature(JsonProperty feature, string json)
    {
        var path = feature.Name.Split('.');
        if (feature.Value.ValueKind != JsonValueKind.Object || !feature.Value.EnumerateObject().Any(member => member.Name.StartsWith('$')))
        {
            return [new Feature(path, TriggerOperator.Equal, feature.Value)];
        }

        return feature.Value.EnumerateObject().Select(
            member => new Feature(path, TriggerOperators.Parse(member, json, Allowed), member.Value));
    }

    private sealed record Feature(string[] Path, TriggerOperator Operator, JsonElement Operand) : ICondition
    {
        public bool Holds(JsonElement state) => TriggerOperators.Holds(Operator, Find(state), Operand);

        // A feature whose own name has dots is found too.
        private JsonElement? Find(JsonElement state)
        {
            if (Path.Length > 1 && state.ValueKind == JsonValueKind.Object && state.TryGetProperty(string.Join('.', Path), out var whole))
            {
                return whole;
            }

            foreach (var name in Path)
            {
                if (state.ValueKind != JsonValueKind.Object || !state.TryGetProperty(name, out state))
                {
                    return null;
                }
            }

            return state;
        }
    }

    private sealed record All(ICondition[] Parts) : ICondition
    {
        public bool Holds(JsonElement state) => Array.TrueForAll(Parts, part => part.Holds(state));
    }

    private sealed record Any(ICondition[] Parts) : ICondition
    {
        public bool Holds(JsonElement state) => Array.Exists(Parts, part => part.Holds(state));
    }

    private sealed record Not(ICondition Part) : ICondition
    {
        public bool Holds(JsonElement state) => !Part.Holds(state);
    }
}
