using System.Globalization;
using Spectre.Console;

namespace QLearning.Bench.Chaos;

/// <summary>All rounds of all faults.</summary>
/// <param name="Faults">By fault.</param>
/// <param name="NotRun">The faults that could not be done on this machine, with the reasons.</param>
internal sealed record ChaosReport(IReadOnlyList<FaultReport> Faults, IReadOnlyList<string> NotRun)
{
    /// <summary>Whether nothing was lost, doubled or otherwise wrong.</summary>
    public bool IsClean => Faults.All(fault => fault is { Lost: 0, Doubled: 0, Findings.Count: 0 });

    /// <summary>Sums up rounds.</summary>
    public static ChaosReport Of(IEnumerable<RoundResult> rounds, IReadOnlyList<string> notRun) =>
        new([.. rounds.GroupBy(round => round.Fault, StringComparer.Ordinal)
            .Select(fault => FaultReport.Of(fault.Key, [.. fault]))], notRun);

    /// <summary>Prints a table, and what was wrong.</summary>
    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumns("fault", "rounds", "acknowledged", "lost", "doubled", "recovery s: median", "worst",
            "in flight s: worst", "late rounds");
        foreach (var fault in Faults)
        {
            table.AddRow(
                fault.Name,
                Text(fault.Rounds),
                Text(fault.Acknowledged),
                Text(fault.Lost),
                Text(fault.Doubled),
                Text(fault.MedianRecoverySeconds),
                Text(fault.RecoverySeconds),
                Text(fault.InFlightSeconds),
                Text(fault.LateRounds));
        }

        console.Write(table);
        console.Write(RoadTable());
        foreach (var fault in NotRun)
        {
            console.Profile.Out.Writer.WriteLine($"Not run: {fault}");
        }

        foreach (var finding in Faults.SelectMany(fault => fault.Findings.Select(finding => $"{fault.Name}: {finding}")))
        {
            console.Profile.Out.Writer.WriteLine(finding);
        }
    }

    private Table RoadTable()
    {
        var table = new Table().AddColumns("fault", "road", "acknowledged", "refused", "unknown", "lost", "doubled");
        foreach (var (fault, road) in Faults.SelectMany(fault => fault.Roads.Select(road => (fault.Name, road))))
        {
            table.AddRow(
                fault, road.Road, Text(road.Acknowledged), Text(road.Refused), Text(road.Unknown), Text(road.Lost), Text(road.Doubled));
        }

        return table;
    }

    private static string Text(IFormattable? number) =>
        number?.ToString(number is double ? "0.00" : "N0", CultureInfo.InvariantCulture) ?? "-";
}
