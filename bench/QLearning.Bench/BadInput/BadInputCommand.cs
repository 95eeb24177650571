using System.CommandLine;
using System.Globalization;
using QLearning.Bench.Report;

namespace QLearning.Bench.BadInput;

/// <summary><c>qlearn bench bad-input</c>: a live silo and calls that nobody should make.</summary>
internal static class BadInputCommand
{
    public static Command Create(TextWriter output, TextWriter progress)
    {
        var calls = BoundedOption.Create("--calls", "How many calls are made", 100_000, 1, 100_000_000);
        var seed = BoundedOption.Create("--seed", "The same number gives the same calls", 1, 0, int.MaxValue);
        var file = JsonFile.Create();
        var command = new Command(
            "bad-input", "Made-up calls to every method of every grain: each must be answered or refused, and change nothing when refused.")
        {
            calls, seed, file,
        };
        command.SetAction(async (given, cancellationToken) =>
        {
            var report = await new BadInputRun(given.GetValue(seed), progress.WriteLine).RunAsync(given.GetValue(calls), cancellationToken);
            Print(report, output);
            await JsonFile.WriteAsync(given, file, report, cancellationToken);
            return report.IsClean ? BenchExitCode.Success : BenchExitCode.Failure;
        });
        return command;
    }

    private static void Print(BadInputReport report, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Calls:N0} calls (seed {report.Seed}): {report.Answered:N0} answered, {report.Refused.Values.Sum():N0} refused, "
            + $"{report.Compared:N0} of these made again between two looks at the database; {report.TurnedAway:N0} sent again "
            + $"since Orleans turned them away."));
        foreach (var (error, count) in report.Refused)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {error}: {count:N0}"));
        }

        foreach (var finding in report.Unexpected.Concat(report.Logged).Concat(report.Changes))
        {
            output.WriteLine(finding);
        }

        output.WriteLine(
            $"Unexpected errors: {report.Unexpected.Count}, errors in the log: {report.Logged.Count}, "
            + $"changes by refused calls: {report.Changes.Count}.");
    }
}
