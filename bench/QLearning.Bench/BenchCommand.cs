using System.CommandLine;
using System.Text.Json;
using QLearning.Bench.Chaos;
using QLearning.Bench.Report;
using Spectre.Console;

namespace QLearning.Bench;

/// <summary>
/// <c>qlearn bench</c>: a subcommand for each of <see cref="BenchCases.All"/>. A subcommand of another shape is added to the command that
/// <see cref="Create"/> returns.
/// </summary>
internal static class BenchCommand
{
    private const int Success = 0;
    private const int Failure = 1;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Makes the command.</summary>
    /// <param name="result">Where the tables go.</param>
    /// <param name="progress">Where it is said what is being done.</param>
    public static Command Create(IAnsiConsole result, TextWriter progress)
    {
        var list = new Option<bool>("--list") { Description = "List the benchmarks." };
        var command = new Command("bench", "Measure speed on this machine.") { list };
        foreach (var bench in BenchCases.All)
        {
            command.Add(CreateCase(bench, result, progress));
        }

        command.Add(ChaosCommand.Create(result, progress));
        command.Add(ChaosClientCommand.Create(result.Profile.Out.Writer));
        command.SetAction(_ => List(command, result));
        return command;
    }

    // The subcommands, so that those which other code added are listed too.
    private static int List(Command command, IAnsiConsole result)
    {
        foreach (var bench in command.Subcommands.Where(bench => !bench.Hidden).OrderBy(bench => bench.Name, StringComparer.Ordinal))
        {
            result.Profile.Out.Writer.WriteLine($"{bench.Name}: {bench.Description}");
        }

        return Success;
    }

    private static Command CreateCase(IBenchCase bench, IAnsiConsole result, TextWriter progress)
    {
        var file = new Option<string?>("--json") { Description = "Also write the result to this file, as JSON.", HelpName = "file" };
        var command = new Command(bench.Name, bench.Description) { file };
        foreach (var option in bench.Options)
        {
            command.Add(option);
        }

        command.SetAction(async (given, cancellationToken) =>
        {
            var report = await bench.RunAsync(given, progress.WriteLine, cancellationToken);
            BenchTables.Print(report, result);
            if (given.GetValue(file) is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, _json) + "\n", cancellationToken);
            }

            return report.Problem is null ? Success : Failure;
        });
        return command;
    }
}
