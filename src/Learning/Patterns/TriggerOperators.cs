using System.Runtime.InteropServices;
using System.Text.Json;
using QLearning.Abstractions.Json;

namespace QLearning.Learning.Patterns;

/// <summary>How a feature of a state is compared.</summary>
internal enum TriggerOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Exists,
}

/// <summary>Reads and applies the operators of trigger conditions.</summary>
internal static class TriggerOperators
{
    /// <exception cref="InvalidInputException">The operator is unknown or its operand of a wrong type.</exception>
    public static TriggerOperator Parse(JsonProperty member, string json, string allowed)
    {
        TriggerOperator? found = member.Name switch
        {
            "$eq" => TriggerOperator.Equal,
            "$ne" => TriggerOperator.NotEqual,
            "$lt" => TriggerOperator.Less,
            "$lte" => TriggerOperator.LessOrEqual,
            "$gt" => TriggerOperator.Greater,
            "$gte" => TriggerOperator.GreaterOrEqual,
            "$in" => TriggerOperator.In,
            "$exists" => TriggerOperator.Exists,
            _ => null,
        };
        if (found is not { } known)
        {
            throw InvalidInputException.For("trigger conditions", json, $"the operator '{member.Name}' is unknown", allowed);
        }

        return Takes(known, member.Value.ValueKind)
            ? known
            : throw InvalidInputException.For("trigger conditions", json, $"the operand of '{member.Name}' has a wrong type", allowed);
    }

    public static bool Holds(TriggerOperator comparison, JsonElement? value, JsonElement operand) => comparison switch
    {
        TriggerOperator.Exists => value is not null == operand.GetBoolean(),
        TriggerOperator.NotEqual => value is not { } other || !JsonElement.DeepEquals(other, operand),
        _ when value is not { } => false,
        TriggerOperator.Equal => JsonElement.DeepEquals(value.Value, operand),
        TriggerOperator.In => operand.EnumerateArray().Any(item => JsonElement.DeepEquals(value.Value, item)),
        TriggerOperator.Less => Compare(value.Value, operand) < 0,
        TriggerOperator.LessOrEqual => Compare(value.Value, operand) <= 0,
        TriggerOperator.Greater => Compare(value.Value, operand) > 0,
        TriggerOperator.GreaterOrEqual => Compare(value.Value, operand) >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "Unknown."),
    };

    private static bool Takes(TriggerOperator comparison, JsonValueKind operand) => comparison switch
    {
        TriggerOperator.Equal or TriggerOperator.NotEqual => true,
        TriggerOperator.In => operand == JsonValueKind.Array,
        TriggerOperator.Exists => operand is JsonValueKind.True or JsonValueKind.False,
        _ => operand is JsonValueKind.Number or JsonValueKind.String,
    };

    // Null, which compares as false, when the two are not of one kind.
    private static int? Compare(JsonElement value, JsonElement operand) => (value.ValueKind, operand.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => Number(value).CompareTo(Number(operand)),
        (JsonValueKind.String, JsonValueKind.String) => CodePointOrder.Compare(value.GetString()!, operand.GetString()!),
        _ => null,
    };

    // With all digits: as doubles 9007199254740993 and 9007199254740992 would be one.
    private static JsonNumber Number(JsonElement number) => JsonNumber.Read(JsonMarshal.GetRawUtf8Value(number));
}
