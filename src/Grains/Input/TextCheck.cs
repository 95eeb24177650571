using QLearning.Abstractions;

namespace QLearning.Grains.Input;

/// <summary>Texts that become columns of a limited length.</summary>
internal static class TextCheck
{
    public static void Required(string what, string? text, int maxCharacters)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw InvalidInputException.For(what, text, "it is empty", Allowed(1, maxCharacters));
        }

        Check(what, text, maxCharacters, 1);
    }

    public static void Optional(string what, string? text, int maxCharacters)
    {
        if (text is not null)
        {
            Check(what, text, maxCharacters, 0);
        }
    }

    private static void Check(string what, string text, int maxCharacters, int minCharacters)
    {
        var problem = text switch
        {
            _ when text.Length > maxCharacters => FormattableString.Invariant($"it has {text.Length} characters"),
            _ when text.Contains('\0', StringComparison.Ordinal) => "it has a NUL character",
            _ when !IsUnicode(text) => "it has half a surrogate pair",
            _ => null,
        };
        if (problem is not null)
        {
            throw InvalidInputException.For(what, text, problem, Allowed(minCharacters, maxCharacters));
        }
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Allowed(int min, int max) => FormattableString.Invariant($"{min} to {max} characters of Unicode without NUL");
}
