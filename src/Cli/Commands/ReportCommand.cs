using System.CommandLine;
using System.Globalization;
using QLearning.Cli.Replay.History;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn report DIR</c>: teaches the cluster one finished run of tests.</summary>
internal static class ReportCommand
{
    public static Command Create(Output output)
    {
        var reports = new Argument<string>("reports")
        {
            Description = "The reports of the run, in JUnit XML or TRX: a folder with all below it, or one file.",
        };
        var past = new Option<string?>("--history")
        {
            Description = "A folder of the reports of earlier runs, as 'rank' reads it. With it is also learned what the last results "
                + "of a test are worth; without it only what each test by its name is.",
            HelpName = "folder",
        };
        var skip = new Option<bool>("--skip-unreadable") { Description = "Leave out reports that cannot be read, with a warning." };
        var encoding = HistoryCommandOptions.EncodingOption();
        var cluster = new ClusterOptions();
        var command = new Command(
            "report", "Teach the running cluster what one finished run of tests found. Reported again, it counts once.")
        {
            reports, past, encoding, skip, cluster.Json,
        };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new HistoryOptions
            {
                Encoding = HistoryCommandOptions.EncodingOf(parsed, encoding),
                SkipsUnreadable = parsed.GetValue(skip),
                Warn = output.Warn,
            };
            var run = new ReportFolder(options.Encoding, options.SkipsUnreadable, options.Warn).ReadRun(parsed.GetRequiredValue(reports));
            var results = parsed.GetValue(past) is { } folder ? ReportHistory.PastOf(CiHistory.ReadRuns(folder, options), run) : null;
            await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
            var isNew = await new ReportLesson(client, TimeProvider.System).TeachAsync(run, results, cancellationToken);
            Write(run, isNew, parsed.GetValue(cluster.Json), output);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(ReportedRun run, bool isNew, bool asJson, Output output)
    {
        var counts = ReportCounts.Of(run);
        if (asJson)
        {
            output.WriteJson(new { run = run.Name, started = run.Started, counts.Passed, counts.Failed, counts.Skipped, learned = isNew });
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name}: {counts.Passed} passed ({run.Tests.Count(test => test.IsFlaky)} flaky), {counts.Failed} failed, {counts.Skipped} "
            + $"did not run. {(isNew ? "Learned." : "It was learned before and counts once.")}"));
    }
}
