using System.Globalization;
using Spectre.Console;

namespace QLearning.Cli.Replay;

/// <summary>Prints what replays found, for people.</summary>
internal static class ReplayReport
{
    public static void Print(ReplayResult result, Output output)
    {
        var table = Tables.Create("order", ">NAPFD", ">with failures", ">findable", ">found", ">missed");
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
        output.WriteLine(string.Empty);
        output.WriteLine(result.IsJudgedByFailures
            ? "Judge by 'with failures': most cycles have none, and count as 1 in 'NAPFD'."
            : "'with failures' leaves out cycles that have none, which count as 1 in 'NAPFD'.");
        foreach (var line in LearningCurve.Plot(result.Runs[^1].Curve))
        {
            output.WriteLine(line);
        }

        var first = result.Runs[0];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(result.Cycles, "cycle")} ({result.GreenCycles:N0} without failures), {Counted.Of(result.Tests, "execution")}, "
            + $"{first.TestsRun:N0} of them run; {result.Seconds:0.0} s."));
        if (result.CyclesWithoutChance > 0)
        {
            output.WriteLine(
                $"In {Counted.Of(result.CyclesWithoutChance, "cycle")} no order could find a failure: each test that fails takes");
            output.WriteLine("more than half of the cycle's time. They count as 0; 'findable' leaves them out.");
        }

        output.WriteLine((result.IsKept, first.UpdatesBefore) switch
        {
            (false, _) => "Each seed had a cluster of its own that knew nothing and is gone now.",
            (true, 0) => "The cluster knew nothing before. Replayed once more, it goes on from there.",
            var (_, before) =>
                string.Create(CultureInfo.InvariantCulture, $"The cluster started from {before:N0} updates that it had learned before."),
        });
    }

    private static void Add(Table table, string order, CycleMean napfd, FailureCount? failures) => table.AddRow(
        order,
        napfd.Mean.ToString("0.0000", CultureInfo.InvariantCulture),
        napfd.MeanWithFailures.ToString("0.0000", CultureInfo.InvariantCulture),
        napfd.MeanWithChance.ToString("0.0000", CultureInfo.InvariantCulture),
        failures?.Found.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        failures?.Missed.ToString("N0", CultureInfo.InvariantCulture) ?? "-");
}
