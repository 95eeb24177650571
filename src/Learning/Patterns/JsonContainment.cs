using System.Text.Json;

namespace QLearning.Learning.Patterns;

/// <summary>Whether a JSON value contains another, as PostgreSQL's operator <c>@&gt;</c> of <c>jsonb</c> says.</summary>
public static class JsonContainment
{
    /// <summary>
    /// An object contains one whose members it has, each containing the other's; an array contains one whose every element it has, whatever
    /// the order and however often; scalars contain their equals. An array at the top contains a scalar that is among its elements.
    /// </summary>
    /// <param name="whole">The value that may contain the other.</param>
    /// <param name="part">The other.</param>
    public static bool Contains(JsonElement whole, JsonElement part) =>
        (whole.ValueKind == JsonValueKind.Array && IsScalar(part) && HasScalar(whole, part)) || ContainsInside(whole, part);

    private static bool ContainsInside(JsonElement whole, JsonElement part) => (whole.ValueKind, part.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => part.EnumerateObject().All(
            member => whole.TryGetProperty(member.Name, out var own) && ContainsInside(own, member.Value)),
        (JsonValueKind.Array, JsonValueKind.Array) => part.EnumerateArray().All(element => IsScalar(element)
            ? HasScalar(whole, element)
            : whole.EnumerateArray().Any(own => own.ValueKind == element.ValueKind && ContainsInside(own, element))),
        _ => IsScalar(whole) && IsScalar(part) && JsonElement.DeepEquals(whole, part),
    };

    private static bool HasScalar(JsonElement array, JsonElement scalar) =>
        array.EnumerateArray().Any(element => IsScalar(element) && JsonElement.DeepEquals(element, scalar));

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);
}
