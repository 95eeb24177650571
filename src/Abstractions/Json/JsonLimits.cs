namespace QLearning.Abstractions.Json;

/// <summary>What JSON of states, actions and metadata may look like.</summary>
public static class JsonLimits
{
    /// <summary>The largest JSON text, in bytes of UTF-8 (256 KiB).</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 64;

    internal const string Allowed = "JSON of at most 262144 bytes, at most 64 levels deep, without duplicate names, NUL characters, "
        + "numbers beyond double or with more than 16383 decimals";
}
