using System.Globalization;
using System.Text;

namespace QLearning.Abstractions.Tests.Json;

/// <summary>A JSON value that can be spelt in many ways.</summary>
internal abstract record JsonTree
{
    internal sealed record Literal(string Text) : JsonTree;

    internal sealed record Number(double Value) : JsonTree;

    internal sealed record Str(string Value) : JsonTree;

    internal sealed record Items(JsonTree[] Values) : JsonTree;

    internal sealed record Members((string Name, JsonTree Value)[] Values) : JsonTree;

    /// <summary>One of the spellings, chosen by chance: white space, order of names, escapes and forms of numbers differ.</summary>
    public string Spell(Random random) => this switch
    {
        Literal literal => literal.Text,
        Number number => number.Value.ToString(random.Next(2) == 0 ? "E16" : "G17", CultureInfo.InvariantCulture),
        Str text => Quote(text.Value, random),
        Items items => Group('[', ']', items.Values.Select(value => value.Spell(random)), random),
        Members members => Group('{', '}', Shuffled(members.Values, random).Select(member => Member(member, random)), random),
        _ => throw new InvalidOperationException($"There is no spelling for {this}."),
    };

    private static string Member((string Name, JsonTree Value) member, Random random) =>
        $"{Quote(member.Name, random)}{Space(random)}:{Space(random)}{member.Value.Spell(random)}";

    private static string Group(char open, char close, IEnumerable<string> values, Random random) =>
        $"{open}{Space(random)}{string.Join($"{Space(random)},{Space(random)}", values)}{Space(random)}{close}";

    private static string Space(Random random) => new[] { string.Empty, " ", "\n", "\t ", "\r\n" }[random.Next(5)];

    private static T[] Shuffled<T>(T[] values, Random random)
    {
        var copy = values.ToArray();
        random.Shuffle(copy);
        return copy;
    }

    private static string Quote(string value, Random random)
    {
        // By whole characters: half of a pair must not be escaped alone.
        var text = new StringBuilder("\"");
        foreach (var character in value.EnumerateRunes())
        {
            var mustEscape = character.Value is < ' ' or '"' or '\\';
            var spelling = character.ToString();
            text.Append(mustEscape || random.Next(3) == 0 ? string.Concat(spelling.Select(c => Escape(c, random))) : spelling);
        }

        return text.Append('"').ToString();
    }

    private static string Escape(char c, Random random) =>
        "\\u" + ((int)c).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture);
}
