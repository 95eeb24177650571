namespace QLearning.Abstractions;

/// <summary>
/// A state: its key and, when the caller has it, its JSON description, which is stored beside the first Q-value of the state.
/// </summary>
/// <param name="Key">The key of the state.</param>
/// <param name="Json">JSON within the limits of <see cref="QLimits"/>, or null: then the key itself is stored as a JSON string.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.State")]
public readonly record struct State([property: Id(0)] StateKey Key, [property: Id(1)] string? Json = null)
{
    /// <summary>A state named by a key of the caller's own.</summary>
    /// <param name="key">1 to 64 characters.</param>
    /// <exception cref="InvalidInputException">It is not a key.</exception>
    public static State FromKey(string key) => new(StateKey.Parse(key));

    /// <summary>A state described by JSON; its key is the SHA-256 of the canonical form.</summary>
    /// <param name="json">JSON within <see cref="QLimits"/>, with numbers up to 2⁵³; a longer one, such as a build's id, as text.</param>
    /// <exception cref="InvalidInputException">The text is not JSON, is beyond the limits, or has a number beyond 2⁵³.</exception>
    public static State FromJson(string json) => new(StateKey.FromJson(json), json);
}
