using System.Globalization;
using QLearning.Bench.Report;
using Spectre.Console;

namespace QLearning.Bench.Comparisons;

/// <summary>Prints what the comparison found.</summary>
internal static class ComparisonTable
{
    public static void Print(ComparisonReport report, IAnsiConsole console)
    {
        var table = new Table().AddColumns("case", "median", "spread", "p50 ms", "p99 ms", "rivals", "ratios", "target", "met");
        table.ShowRowSeparators();
        table.Columns[0].NoWrap();
        foreach (var one in report.Cases)
        {
            table.AddRow(
                Markup.Escape(one.Name),
                Markup.Escape($"{Number(one.Median)} {one.Unit}"),
                Spread(one.Spread),
                Number(one.P50, "0.00"),
                Number(one.P99, "0.00"),
                Markup.Escape(string.Join(
                    '\n', one.Rivals.Select(rival => $"{rival.Key}: {Number(rival.Value.Median)} ({Spread(rival.Value.Spread)})"))),
                Markup.Escape(string.Join('\n', one.Ratios.Select(ratio => $"{ratio.Key}: {Number(ratio.Value, "#,0.00")}"))),
                Markup.Escape(one.Target.Replace("; ", "\n", StringComparison.Ordinal)),
                one.Met switch { true => "yes", false => "NO", null => "as far as measured" });
        }

        console.Write(table);
        MachineLine.Print(report.Machine, console.Profile.Out.Writer);
    }

    private static string Spread(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    private static string Number(double value) => Number(value, value < 100 ? "0.##" : "#,0");

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
