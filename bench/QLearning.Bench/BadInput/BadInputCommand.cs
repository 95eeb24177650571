using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace QLearning.Bench.BadInput;

/// <summary><c>qlearn bench bad-input</c>: a live silo and calls that nobody should make.</summary>
internal static class BadInputCommand
{
    private const int Success = 0;
    private const int Failure = 1;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(TextWriter output, TextWriter progress)
    {
        var calls = BoundedOption.Create("--calls", "How many calls are made", 100_000, 1, 100_000_000);
        var seed = BoundedOption.Create("--seed", "The same number gives the same calls", 1, 0, int.MaxValue);
        var file = new Option<string?>("--json") { Description = "Also write the result to this file, as JSON.", HelpName = "file" };
        var command = new Command("bad-input", "Made-up calls to every method of every grain: each must be answered or refused, and change nothing when refused.")
        {
            calls, seed, file,
        };
        command.SetAction(async (given, cancellationToken) =>
        {
            var report = await new BadInputRun(given.GetValue(seed), progress.WriteLine).RunAsync(given.GetValue(calls), cancellationToken);
            Print(report, output);
            if (given.GetValue(file) is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, _json) + "\n", cancellationToken);
            }

            return report.IsClean ? Success : Failure;
        });
        return command;
    }

    private static void Print(BadInputReport report, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Calls:N0} calls (seed {report.Seed}): {report.Answered:N0} answered, {report.Refused.Values.Sum():N0} refused, "
            + $"{report.Compared:N0} of these made again between two looks at the database."));
        foreach (var (error, count) in report.Refused)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {error}: {count:N0}"));
        }

        foreach (var finding in report.Unexpected.Concat(report.Logged).Concat(report.Changes))
        {
            output.WriteLine(finding);
        }

        output.WriteLine($"Unexpected errors: {report.Unexpected.Count}, errors in the log: {report.Logged.Count}, changes by refused calls: {report.Changes.Count}.");
    }
}
