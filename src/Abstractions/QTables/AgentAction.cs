using System.Text.Json;

namespace QLearning.Abstractions;

/// <summary>
/// An action an agent can take: its key and, when the caller has it, its JSON description. (Not <c>Action</c>, which .NET has.)
/// </summary>
/// <param name="Key">The key of the action.</param>
/// <param name="Json">JSON within the limits of <see cref="QLimits"/>, or null: then the key itself is stored as a JSON string.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.Action")]
public readonly record struct AgentAction([property: Id(0)] ActionKey Key, [property: Id(1)] string? Json = null)
{
    /// <summary>
    /// An action known by its name, such as <c>run_all_tests</c>: the name is the key and, as a JSON string, the description.
    /// </summary>
    /// <param name="name">1 to 64 characters.</param>
    /// <exception cref="InvalidInputException">It is not a key.</exception>
    public static AgentAction Named(string name) => new(ActionKey.Parse(name), JsonSerializer.Serialize(name));

    /// <summary>An action described by JSON; its key is the SHA-256 of the canonical form.</summary>
    /// <param name="json">JSON within <see cref="QLimits"/>, with numbers up to 2⁵³; a longer one, such as a build's id, as text.</param>
    /// <exception cref="InvalidInputException">The text is not JSON, is beyond the limits, or has a number beyond 2⁵³.</exception>
    public static AgentAction FromJson(string json) => new(ActionKey.FromJson(json), json);

    /// <summary>
    /// Whether the description alone names the action: its key is that of the description, as <see cref="FromJson"/> makes it. An action
    /// that a caller gave a key of its own is named by that key alone.
    /// </summary>
    public bool IsNamedByJson()
    {
        try
        {
            return Json is not null && ActionKey.FromJson(Json) == Key;
        }
        catch (InvalidInputException)
        {
            // SQL programs may store what makes no key, such as a number beyond 2⁵³.
            return false;
        }
    }

    /// <summary>Whether there is a description that says more than the key: not none, and not the key itself as a JSON string.</summary>
    public bool IsDescribed()
    {
        if (Json is null || Json.AsSpan().TrimStart() is not ['"', ..])
        {
            return Json is not null;
        }

        using var document = JsonDocument.Parse(Json);
        return !document.RootElement.ValueEquals(Key.ToString());
    }
}
