using System.Text;

namespace QLearning.Deploy.Tests.Compose;

/// <summary>Puts variables into a text as Compose does: <c>${A}</c>, <c>${A:-b}</c>, <c>${A:?message}</c>, nested, and <c>$$</c>.</summary>
internal sealed class Interpolation(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>The variables that were asked for.</summary>
    public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A required variable is empty; the message is that of the file.</exception>
    public string Expand(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
            }
            else if (text[i + 1] == '{')
            {
                var end = EndOf(text, i + 2);
                result.Append(Value(text[(i + 2)..end]));
                i = end;
            }
            else
            {
                Assert.Equal('$', text[++i]);
                result.Append('$');
            }
        }

        return result.ToString();
    }

    private static int EndOf(string text, int start)
    {
        var depth = 1;
        for (var i = start; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new FormatException($"'{text}' has no closing brace.");
    }

    private string Value(string expression)
    {
        var length = expression.TakeWhile(character => char.IsAsciiLetterOrDigit(character) || character == '_').Count();
        var (name, rest) = (expression[..length], expression[length..]);
        Asked.Add(name);
        var otherwise = rest.Length > 1 ? rest[2..] : "";
        return (variables.GetValueOrDefault(name, ""), rest.Length > 1 ? rest[..2] : "") switch
        {
            ({ Length: > 0 } value, _) => Also(otherwise, rest, value),
            (_, ":-") => Expand(otherwise),
            (_, ":?") => throw new InvalidOperationException(otherwise),
            _ => throw new FormatException($"'{expression}' has no default: an empty value would be passed on."),
        };
    }

    // What a default would ask for is noted also where it is not needed.
    private string Also(string otherwise, string rest, string value)
    {
        if (rest.StartsWith(":-", StringComparison.Ordinal) && otherwise.Contains("${", StringComparison.Ordinal))
        {
            Expand(otherwise);
        }

        return value;
    }
}
