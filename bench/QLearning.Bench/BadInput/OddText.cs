using System.Text;

namespace QLearning.Bench.BadInput;

/// <summary>Texts and JSON as nobody should send them, among some as everybody does.</summary>
internal static class OddText
{
    private const int HugeCharacters = 300 * 1024;

    private static readonly string[] _names =
    [
        "test-generator", "coverage-analyzer", "quality-gate", "test-generator/tg-1", "quality-gate/qg-7", "development", "run_all_tests",
        "a1b2c3d4", string.Empty, " ", "test-generator#1", "test-generator#01", "#", "/", "//", "a/b/c", "nobody", "Test-Generator",
        "\0", "a\0b", "\u0007", "\r\n", "\uD83D", "\uDE00\uD83D", "\u202Eabc", "e\u0301", "ﷺ", "🧪🧪🧪", "'; drop table q_values; --", "%s%n",
        "{0}", "null", "NaN",
    ];

    private static readonly string[] _json =
    [
        """{"coverage_gap":30}""", "\"run\"", "1", "[]", "{}", "null", "true", string.Empty, "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}",
        "[1,2", "nul", "{\"a\":1} x",
        "1e400", "-1e400", "1e-400", "123456789012345678901234567890.123456789", "-0", "01", "\"\\u0000\"", "\"\\ud800\"", "\"\uD800\"",
        "{\"\\u0000\":1}", "'a'", "NaN",
        """{"coverage":{"$lt":80}}""", """{"coverage":{"$where":1}}""", """{"coverage":{"$in":5}}""", """{"$and":[]}""",
    ];

    public static string Next(Random random) => random.Next(40) switch
    {
        0 => new string('x', random.Next(45, 70)),
        1 => new string('é', random.Next(90, 3000)),
        2 => Json(random),
        3 => Mixed(random),
        _ => _names[random.Next(_names.Length)],
    };

    public static string Json(Random random) => random.Next(60) switch
    {
        0 => $"\"{new string('x', HugeCharacters)}\"",
        1 => Deep(random.Next(60, 70)),
        2 => Deep(100_000),
        3 => $"{{\"{new string('k', random.Next(1, 5000))}\":1}}",
        _ => _json[random.Next(_json.Length)],
    };

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static string Mixed(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 80); i > 0; i--)
        {
            text.Append((char)random.Next(0, 0x1_0000));
        }

        return text.ToString();
    }
}
