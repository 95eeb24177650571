using System.Globalization;
using Spectre.Console;

namespace QLearning.Bench.Report;

/// <summary>Prints what a benchmark found.</summary>
internal static class BenchTables
{
    public static void Print(BenchReport report, IAnsiConsole console)
    {
        var table = new Table().Title(Markup.Escape(report.Title))
            .AddColumns("phase", "call", "calls", "unanswered", "a second", "p50 ms", "p99 ms", "max ms");
        for (var column = 2; column < table.Columns.Count; column++)
        {
            table.Columns[column].RightAligned();
        }

        foreach (var row in report.Measurements)
        {
            table.AddRow(
                Markup.Escape(row.Phase),
                Markup.Escape(row.Operation),
                Number(row.Calls, "N0"),
                Number(row.Unanswered, "N0"),
                Number(row.PerSecond, "N0"),
                Number(row.P50, "N2"),
                Number(row.P99, "N2"),
                Number(row.Max, "N2"));
        }

        if (report.Measurements.Count > 0)
        {
            console.Write(table);
        }

        var writer = console.Profile.Out.Writer;
        foreach (var (name, value) in report.Facts)
        {
            writer.WriteLine($"{name}: {Number(value, "#,0.##")}");
        }

        MachineLine.Print(report.Machine, writer);
        if (report.Problem is { } problem)
        {
            writer.WriteLine($"These numbers do not count: {problem}");
        }
    }

    private static string Number(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
