using System.Text.Json;

namespace QLearning.Learning.Patterns;

/// <summary>
/// The conditions under which a pattern applies, read once and then checked against many states. They must all hold. The grammar is on
/// <see cref="NewPattern.TriggerConditionsJson"/>.
/// </summary>
public sealed class TriggerConditions
{
    private const string Allowed = "an object of features with a value, or with the operators $lt $lte $gt $gte (number or text), $eq $ne, "
        + "$in (array) and $exists (true or false)";

    private readonly Condition[] _conditions;

    private TriggerConditions(Condition[] conditions) => _conditions = conditions;

    /// <summary>Reads conditions.</summary>
    /// <param name="json">A JSON text that has been checked to be JSON.</param>
    /// <exception cref="InvalidInputException">It is no object, has an unknown operator, or one with a wrong operand.</exception>
    public static TriggerConditions Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement.Clone();
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw InvalidInputException.For("trigger conditions", json, "they are no object", Allowed);
        }

        return new TriggerConditions([.. root.EnumerateObject().SelectMany(feature => Parse(feature, json))]);
    }

    /// <summary>Whether a state fulfils all conditions.</summary>
    /// <param name="state">The state.</param>
    public bool Hold(JsonElement state) => Array.TrueForAll(_conditions, condition => condition.Holds(Find(state, condition.Path)));

    private static IEnumerable<Condition> Parse(JsonProperty feature, string json)
    {
        var path = feature.Name.Split('.');
        if (feature.Value.ValueKind != JsonValueKind.Object || !feature.Value.EnumerateObject().Any(member => member.Name.StartsWith('$')))
        {
            return [new Condition(path, TriggerOperator.Equal, feature.Value)];
        }

        return feature.Value.EnumerateObject().Select(
            member => new Condition(path, TriggerOperators.Parse(member, json, Allowed), member.Value));
    }

    // A feature whose own name has dots is found too.
    private static JsonElement? Find(JsonElement state, string[] path)
    {
        if (path.Length > 1 && state.ValueKind == JsonValueKind.Object && state.TryGetProperty(string.Join('.', path), out var whole))
        {
            return whole;
        }

        foreach (var name in path)
        {
            if (state.ValueKind != JsonValueKind.Object || !state.TryGetProperty(name, out state))
            {
                return null;
            }
        }

        return state;
    }

    private sealed record Condition(string[] Path, TriggerOperator Operator, JsonElement Operand)
    {
        public bool Holds(JsonElement? value) => TriggerOperators.Holds(Operator, value, Operand);
    }
}
