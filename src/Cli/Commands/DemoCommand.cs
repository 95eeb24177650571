using System.CommandLine;
using System.Globalization;
using QLearning.Cli.Demo;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn demo</c>: learning, a restart, and what is remembered.</summary>
internal static class DemoCommand
{
    private const int DefaultSeconds = 20;
    private const int MaxSeconds = 3600;

    public static Command Create(Output output)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "How long the agents learn, 1 to 3600.",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        seconds.Validators.Add(result => AllowedValues.CheckNumber(result, "number of seconds", 1, MaxSeconds));
        var json = new ClusterOptions().Json;
        var command = new Command("demo", "Let agents learn on a cluster of its own, restart it, and show that nothing was forgotten.")
        {
            seconds, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var demo = new DemoRun(output, TimeProvider.System);
            var result = await demo.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            if (parsed.GetValue(json))
            {
                output.WriteJson(result);
            }
            else
            {
                Print(result, output);
            }

            return result is { IsRemembered: true, IsConsistent: true } ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    /// <summary>Shows the curve, and what is stored of each agent type.</summary>
    internal static void Print(DemoResult result, Output output)
    {
        PrintCurve(result, output);
        output.WriteLine(string.Empty);
        output.WriteLine("After the restart, read from PostgreSQL:");
        var table = Tables.Create("agent type", ">updates", ">stored", ">same best", ">same visits", ">episodes");
        foreach (var type in result.AgentTypes)
        {
            table.AddRow(
                type.AgentType,
                Counted.Short(type.Updates),
                Counted.Short(type.Visits),
                $"{type.SameBest} of {type.States}",
                $"{type.SameVisits} of {type.QValues}",
                Counted.Short(type.Episodes));
        }

        output.Result.Write(table);
        output.WriteLine(string.Empty);
        foreach (var type in result.AgentTypes.Where(type => !type.CountsEpisodes))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"WRONG {type.AgentType}: {type.Episodes} episodes, but the session counts {type.SessionTasks}, the agents "
                + $"{type.AgentTasks}, the patterns {type.PatternUses}"));
        }

        foreach (var check in result.Checks.Where(check => check.Violations > 0))
        {
            output.WriteLine($"WRONG {check.Name}: {string.Join("; ", check.Examples)}");
        }

        output.WriteLine(
            $"{Counted.Of(result.Checks.Count, "check")} of {Counted.Of(result.Checks.Sum(check => check.Checked), "row")}: "
            + $"{(result.IsConsistent ? "everything agrees." : "something does not agree.")}");
        output.WriteLine(result.IsRemembered ? "Nothing was lost, nothing was counted twice." : "Something was lost or counted twice.");
    }

    private static void PrintCurve(DemoResult result, Output output)
    {
        foreach (var line in Chart.Draw([('#', [.. result.Curve.Select(point => point.BestShare)])], 0, 1, Chart.Percent))
        {
            output.WriteLine(line);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"      how often the agents chose the best action, over {result.Seconds:0} s"));
    }
}
