using System.CommandLine;
using QLearning.Bench.BadInput;
using QLearning.Bench.Chaos;
using QLearning.Bench.Comparisons;
using QLearning.Bench.HttpFuzz;
using QLearning.Bench.Report;
using QLearning.Bench.Rivals;
using QLearning.Bench.Simulation;
using QLearning.Bench.Upgrade;
using QLearning.Cli;
using QLearning.Cli.Commands;
using Spectre.Console;

namespace QLearning.Bench;

/// <summary>
/// <c>qlearn bench</c>: by itself the comparison, and a subcommand for each of <see cref="BenchCases.All"/> and for the tests of
/// durability.
/// </summary>
internal static class BenchCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the tables go, and where it is said what is being done.</param>
    public static RootCommand Create(Output output)
    {
        var (result, progress) = (output.Result, output.Progress.Profile.Out.Writer);
        var list = new Option<bool>("--list") { Description = "List the benchmarks." };
        var compare = new CompareAction();
        var command = new RootCommand("Measure speed on this machine, against SQL, PgBouncer, Redis, Garnet and the empty call.") { list };
        compare.AddTo(command);
        foreach (var bench in BenchCases.All)
        {
            command.Add(CreateCase(bench, result, progress));
        }

        command.Add(ChaosCommand.Create(result, progress));
        command.Add(UpgradeCommand.Create(result, progress));
        command.Add(BadInputCommand.Create(result.Profile.Out.Writer, progress));
        command.Add(HttpFuzzCommand.Create(result.Profile.Out.Writer));
        command.Add(SimulateCommand.Create(result.Profile.Out.Writer, progress));
        command.Add(ChaosClientCommand.Create(result.Profile.Out.Writer));
        command.Add(GarnetCommand.Create());
        command.Add(CreateServe(output));
        command.SetAction((given, cancellationToken) => given.GetValue(list)
            ? Task.FromResult(List(command, result))
            : compare.RunAsync(given, result, progress, cancellationToken));
        return command;
    }

    // Silos with the grains of the benchmarks beside our own.
    private static Command CreateServe(Output output)
    {
        var serve = ServeCommand.Create(output);
        serve.Hidden = true;
        return serve;
    }

    private static int List(Command command, IAnsiConsole result)
    {
        foreach (var comparison in ComparisonCases.All)
        {
            result.Profile.Out.Writer.WriteLine($"{comparison.Name}: {comparison.Description}");
        }

        foreach (var bench in command.Subcommands.Where(bench => !bench.Hidden).OrderBy(bench => bench.Name, StringComparer.Ordinal))
        {
            result.Profile.Out.Writer.WriteLine($"{bench.Name}: {bench.Description}");
        }

        return BenchExitCode.Success;
    }

    private static Command CreateCase(IBenchCase bench, IAnsiConsole result, TextWriter progress)
    {
        var file = JsonFile.Create();
        var command = new Command(bench.Name, bench.Description) { file };
        foreach (var option in bench.Options)
        {
            command.Add(option);
        }

        command.SetAction(async (given, cancellationToken) =>
        {
            var report = await bench.RunAsync(given, progress.WriteLine, cancellationToken);
            BenchTables.Print(report, result);
            await JsonFile.WriteAsync(given, file, report, cancellationToken);
            return report.Problem is null ? BenchExitCode.Success : BenchExitCode.Failure;
        });
        return command;
    }
}
