using System.Globalization;
using Spectre.Console;

namespace QLearning.Cli.Replay;

/// <summary>Prints what replays found, for people.</summary>
internal static class ReplayReport
{
    public static void Print(ReplayResult result, Output output)
    {
        var table = new Table().AddColumns("order", "NAPFD", "NAPFD, cycles with failures", "failures found", "failures missed");
        foreach (var run in result.Runs)
        {
            Add(table, $"learned, seed {run.Seed}", run.Napfd, run.Failures);
            Add(table, $"random, seed {run.Seed}", run.NapfdRandom, run.FailuresRandom);
        }

        if (result.Runs.Count > 1)
        {
            Add(table, $"learned, mean of {result.Runs.Count}", result.Napfd, null);
            Add(table, $"random, mean of {result.Runs.Count}", result.NapfdRandom, null);
        }

        output.Result.Write(table);
        foreach (var line in LearningCurve.Plot(result.Runs[^1].Curve))
        {
            output.WriteLine(line);
        }

        var first = result.Runs[0];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Cycles:N0} cycles, {result.Tests:N0} executions, "
            + $"{first.TestsRun:N0} of them run in the learned order; {result.Seconds:0.0} s."));
        output.WriteLine((result.IsKept, first.UpdatesBefore) switch
        {
            (false, _) => "Each seed had a cluster of its own that knew nothing before and is gone now.",
            (true, 0) => "The cluster knew nothing before. Replay once more: it starts from what it has learned.",
            var (_, before) =>
                string.Create(CultureInfo.InvariantCulture, $"The cluster started from {before:N0} updates that it had learned before."),
        });
    }

    private static void Add(Table table, string order, CycleMean napfd, FailureCount? failures) => table.AddRow(
        order,
        napfd.Mean.ToString("0.0000", CultureInfo.InvariantCulture),
        napfd.MeanWithFailures.ToString("0.0000", CultureInfo.InvariantCulture),
        failures?.Found.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        failures?.Missed.ToString("N0", CultureInfo.InvariantCulture) ?? "-");
}
