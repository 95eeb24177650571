using System.Text.Json.Serialization;
using QLearning.Abstractions.Json;

namespace QLearning.Abstractions;

/// <summary>
/// The key of an action: 1 to 64 characters. Usually the lower-case hex SHA-256 of the canonical JSON (RFC 8785) of the action, see
/// <see cref="FromJson"/>; a caller may bring any other key (<c>a1b2c3d4</c>). <c>default</c> is no key and is refused by every call.
/// </summary>
[JsonConverter(typeof(ActionKeyJsonConverter))]
public readonly struct ActionKey : IEquatable<ActionKey>, IComparable<ActionKey>
{
    internal ActionKey(PackedKey value) => Value = value;

    internal PackedKey Value { get; }

    /// <summary>True for <c>default</c>, which is not a key.</summary>
    public bool IsEmpty => Value.IsEmpty;

    /// <summary>Takes a key as it is.</summary>
    /// <param name="text">1 to 64 characters without NUL.</param>
    /// <exception cref="InvalidInputException">The key is empty, too long, or has characters that PostgreSQL cannot store.</exception>
    public static ActionKey Parse(string text) =>
        PackedKey.TryParse(text, out var key, out var error)
            ? new ActionKey(key)
            : throw InvalidInputException.For("action key", text, error!, PackedKey.Allowed);

    /// <summary>Takes a key as it is, if it is one.</summary>
    /// <param name="text">The key.</param>
    /// <param name="key">The key, or <c>default</c>.</param>
    /// <returns>False when the text is not a key.</returns>
    public static bool TryParse(string? text, out ActionKey key)
    {
        var parsed = PackedKey.TryParse(text, out var value, out _);
        key = new ActionKey(value);
        return parsed;
    }

    /// <summary>The SHA-256 of the canonical form (RFC 8785) of a JSON text: <c>{"a":8}</c> and <c>{ "a": 8.0 }</c> have one key.</summary>
    /// <param name="json">
    /// At most 256 KiB of JSON, at most 64 levels deep, with numbers up to 2⁵³: beyond it several numbers would have one key, so that a
    /// longer one, such as the id of a build, goes in as text.
    /// </param>
    /// <exception cref="InvalidInputException">The text is not JSON, is too large or too deep, or has a number beyond 2⁵³.</exception>
    public static ActionKey FromJson(string json) => new(CanonicalJson.Hash("action", json));

    /// <inheritdoc />
    public bool Equals(ActionKey other) => Value.Equals(other.Value);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ActionKey other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Order of the key texts by code point, as PostgreSQL's collation "C" has it.</summary>
    public int CompareTo(ActionKey other) => Value.CompareTo(other.Value);

    /// <summary>The key as it stands in the database.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Same key.</summary>
    public static bool operator ==(ActionKey left, ActionKey right) => left.Equals(right);

    /// <summary>Different keys.</summary>
    public static bool operator !=(ActionKey left, ActionKey right) => !left.Equals(right);

    /// <summary>Order of the key texts by code point, as PostgreSQL's collation "C" has it.</summary>
    public static bool operator <(ActionKey left, ActionKey right) => left.CompareTo(right) < 0;

    /// <summary>Order of the key texts by code point, as PostgreSQL's collation "C" has it.</summary>
    public static bool operator >(ActionKey left, ActionKey right) => left.CompareTo(right) > 0;

    /// <summary>Order of the key texts by code point, as PostgreSQL's collation "C" has it.</summary>
    public static bool operator <=(ActionKey left, ActionKey right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the key texts by code point, as PostgreSQL's collation "C" has it.</summary>
    public static bool operator >=(ActionKey left, ActionKey right) => left.CompareTo(right) >= 0;
}
