using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QLearning.Cli.Hook;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn hook</c>: choose before a task and report after it, for scripts and coding agents.</summary>
internal static class HookCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="input">Opens what it reads; null: standard input.</param>
    public static Command Create(Output output, Func<Stream>? input = null) =>
        new("hook", "Choose before a task and learn from what happened after it: JSON on standard input, JSON out.")
        {
            Choose(output, input ?? Console.OpenStandardInput), Outcome(output, input ?? Console.OpenStandardInput),
        };

    private static Command Choose(Output output, Func<Stream> input)
    {
        var cluster = new ClusterOptions();
        var command = new Command(
            "choose",
            "Read a situation ({\"agentType\", \"state\", \"candidates\"; \"agent\", \"task\"}) and print what to do. "
            + "Keep what is printed: 'hook outcome' reads it.");
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var situation = await HookInput.ReadAsync<Situation>(input(), cancellationToken);
            await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
            HookInput.Write(output, await HookRun.ChooseAsync(client, situation, cancellationToken));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Outcome(Output output, Func<Stream> input)
    {
        var cluster = new ClusterOptions();
        var exitCode = new Option<int?>("--exit-code")
        {
            Description = "How the task's program ended: 0 is a success.",
            HelpName = "number",
        };
        exitCode.Validators.Add(result => AllowedValues.CheckNumber(result, "exit code", int.MinValue, int.MaxValue));
        var report = new Option<string?>("--report", "--junit")
        {
            Description = "What the task's tests reported: a JUnit XML or TRX file, or a folder of them.",
            HelpName = "path",
        };
        var encoding = HistoryCommandOptions.EncodingOption();
        var command = new Command("outcome", "Read what 'hook choose' printed, learn from how the task ended, and print what was learned.")
        {
            exitCode, report, encoding,
        };
        cluster.AddTo(command);
        command.Validators.Add(result => RequireEvidence(result, exitCode, report));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tests = parsed.GetValue(report) is { } path
                ? ReportCounts.Of(
                    new ReportFolder(HistoryCommandOptions.EncodingOf(parsed, encoding), skipsUnreadable: false, output.Warn).ReadRun(path))
                : null;
            var evidence = Evidence.Of(parsed.GetValue(exitCode), tests);
            var choice = await HookInput.ReadAsync<Choice>(input(), cancellationToken);
            var outcome = HookRun.OutcomeOf(choice, evidence);
            await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
            HookInput.Write(output, await HookRun.ReportAsync(client, choice, evidence, outcome, cancellationToken));
            return ExitCode.Success;
        });
        return command;
    }

    private static void RequireEvidence(CommandResult result, Option exitCode, Option report)
    {
        if (result.GetResult(exitCode) is null && result.GetResult(report) is null)
        {
            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"What happened is not said. Allowed: {exitCode.Name}, {report.Name}, or both."));
        }
    }
}
