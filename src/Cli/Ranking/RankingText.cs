using System.Text.RegularExpressions;

namespace QLearning.Cli.Ranking;

/// <summary>Writes an order for the next run, in each of the formats.</summary>
internal static partial class RankingText
{
    /// <summary>A line a test: its name, a tab, the reason for its place.</summary>
    public static void WriteLines(Ranking ranking, Output output)
    {
        foreach (var test in ranking.Tests)
        {
            // A name may hold what test programs copied into it.
            output.WriteLine($"{Controls().Replace(test.Test, " ")}\t{test.Reason}");
        }
    }

    /// <summary>
    /// What Maven Surefire takes as <c>-Dtest=…</c>: <c>Class#method+method,Class#method</c>, classes in the order of their first test.
    /// </summary>
    public static string JUnitFilter(Ranking ranking) => string.Join(
        ',',
        ranking.Tests.Select(test => ClassAndMethod(test.Test)).Distinct().GroupBy(test => test.Class, StringComparer.Ordinal)
            .Select(tests => $"{tests.Key}#{string.Join('+', tests.Select(test => test.Method))}"));

    // Surefire knows methods, not the arguments behind their names.
    private static (string Class, string Method) ClassAndMethod(string test)
    {
        var name = Arguments().Replace(test, string.Empty);
        var dot = name.LastIndexOf('.');
        return dot > 0 && dot < name.Length - 1 ? (name[..dot], name[(dot + 1)..]) : ("*", name);
    }

    [GeneratedRegex(@"\p{Cc}+")]
    private static partial Regex Controls();

    [GeneratedRegex(@"[\s(\[{,#+].*$", RegexOptions.Singleline)]
    private static partial Regex Arguments();
}
