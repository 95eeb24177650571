using System.Security.Cryptography;

namespace QLearning.Abstractions.Input;

/// <summary>API keys.</summary>
internal static class ApiKeyCheck
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(QLimits.MaxTtlDays);

    /// <exception cref="InvalidInputException">It is no SHA-256.</exception>
    public static void Hash(byte[]? hash)
    {
        if (hash is not { Length: SHA256.HashSizeInBytes })
        {
            throw InvalidInputException.For("hash of a key", hash?.Length, "it has another length", "32 bytes");
        }
    }

    /// <exception cref="InvalidInputException">It is out of range.</exception>
    public static void Life(string what, TimeSpan? life)
    {
        if (life is { } given && (given <= TimeSpan.Zero || given > _longest))
        {
            throw InvalidInputException.For(what, given, "it is out of range", "above 0 up to 100 years");
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Holder(ApiKeyHolder? holder)
    {
        InputCheck.Present("key", holder, "a name with scopes");
        InputCheck.Text("name of a key", holder.Name, QLimits.MaxScopeCharacters);
        if (holder.Name.Any(char.IsControl))
        {
            throw InvalidInputException.For("name of a key", holder.Name, "it has a control character", "printable characters");
        }

        InputCheck.Count("scopes of a key", holder.Scopes, Enum.GetValues<ApiScope>().Length);
        if (holder.AgentTypes is { } types)
        {
            InputCheck.Count("agent types of a key", types, QLimits.MaxRows);
            foreach (var type in types)
            {
                _ = AgentTypeKey.For(type);
            }
        }
    }
}
