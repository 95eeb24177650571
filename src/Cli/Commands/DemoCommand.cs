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
        seconds.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var given) && given is >= 1 and <= MaxSeconds))
            {
                result.AddError($"The number of seconds '{token.Value}' is not allowed. Allowed: 1 to {MaxSeconds}.");
            }
        });
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

    private static void Print(DemoResult result, Output output)
    {
        var table = new Table().Title("After the restart, read from PostgreSQL")
            .AddColumns("agent type", "updates made", "visits stored", "same best action", "same visit count", "episodes",
                "in session, agents, patterns");
        foreach (var type in result.AgentTypes)
        {
            table.AddRow(
                type.AgentType,
                type.Updates.ToString("N0", CultureInfo.InvariantCulture),
                type.Visits.ToString("N0", CultureInfo.InvariantCulture),
                $"{type.SameBest} of {type.States} states",
                $"{type.SameVisits} of {type.QValues} Q-values",
                type.Episodes.ToString("N0", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{type.SessionTasks:N0}, {type.AgentTasks:N0}, {type.PatternUses:N0}"));
        }

        output.Result.Write(table);
        foreach (var check in result.Checks.Where(check => check.Violations > 0))
        {
            output.WriteLine($"WRONG {check.Name}: {string.Join("; ", check.Examples)}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Checks.Count} checks of {result.Checks.Sum(check => check.Checked):N0} rows: "
            + $"{(result.IsConsistent ? "everything agrees." : "something does not agree.")}"));
        output.WriteLine(result.IsRemembered ? "Nothing was lost, nothing was counted twice." : "Something was lost or counted twice.");
    }
}
