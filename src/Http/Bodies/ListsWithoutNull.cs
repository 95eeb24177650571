using System.Collections;
using System.Text.Json.Serialization.Metadata;
using QLearning.Abstractions;

namespace QLearning.Http.Bodies;

/// <summary>Refuses lists that have a null in them: the serializer by itself looks for null in members only, not in lists.</summary>
internal static class ListsWithoutNull
{
    /// <summary>Makes a type's reading look for it.</summary>
    public static void Require(JsonTypeInfo type)
    {
        JsonPropertyInfo[] lists = type.Kind == JsonTypeInfoKind.Object
            ? [.. type.Properties.Where(static member => member.Get is not null && IsListOfObjects(member.PropertyType))]
            : [];
        if (lists.Length > 0)
        {
            type.OnDeserialized = body => Check(body, lists);
        }
    }

    private static bool IsListOfObjects(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && !type.GenericTypeArguments[0].IsValueType;

    private static void Check(object body, JsonPropertyInfo[] lists)
    {
        foreach (var list in lists)
        {
            if (list.Get!(body) is not IList items)
            {
                continue;
            }

            var place = items.IndexOf(null);
            if (place >= 0)
            {
                throw InvalidInputException.For(
                    list.Name, FormattableString.Invariant($"[{place}]"), "it is null", "a list without null in it");
            }
        }
    }
}
