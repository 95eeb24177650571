using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using QLearning.Cli.Ranking;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn rank</c>: learns from the runs that a history has, and prints the order of the tests for the next one.</summary>
internal static partial class RankCommand
{
    private const string Lines = "lines";
    private const string Json = "json";
    private const string JUnitFilter = "junit-filter";
    private static readonly string[] _formats = [Lines, Json, JUnitFilter];

    public static Command Create(Output output)
    {
        var history = new Option<string>("--history")
        {
            Description = "A folder of reports in JUnit XML or TRX, each file or folder in it a run; "
                + "or a CSV history as 'replay' reads it.",
            HelpName = "folder",
            Required = true,
        };
        var budget = new Option<string?>("--budget")
        {
            Description = "The time that the tests may take, such as 90s, 10m or 1.5h. Tests that do not fit are left out.",
            HelpName = "time",
        };
        budget.Validators.Add(result => AllowedValues.Check(
            result, text => TryReadTime(text, out _), "budget", "a number above 0 with ms, s, m or h behind it, such as 10m"));
        var format = new Option<string>("--format")
        {
            Description = "lines: name, tab, reason; json; junit-filter: what Maven Surefire takes as -Dtest.",
            HelpName = "name",
            DefaultValueFactory = _ => Lines,
        };
        format.Validators.Add(result => AllowedValues.Check(result, _formats.Contains, "format", string.Join(", ", _formats)));
        var seed = new Option<int>("--seed") { Description = "Decides between equal tests.", DefaultValueFactory = _ => 1 };
        seed.Validators.Add(result => AllowedValues.CheckNumber(result, "seed", int.MinValue, int.MaxValue));
        var command = new Command(
            "rank",
            "Print the order of tests for the next run, those first that are likely to fail, with a reason for each. "
            + "Learns from the history and needs no cluster; with --cluster or --data it uses what that cluster learned from 'replay' "
            + "and 'report'.")
        {
            history, budget, format, seed,
        };
        var options = new HistoryCommandOptions();
        options.AddTo(command);
        var cluster = new ClusterOptions();
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TimeSpan? limit = parsed.GetValue(budget) is { } text && TryReadTime(text, out var time) ? time : null;
            Task<Ranking.Ranking> RankAsync(ITestValues values) => RankJob.RankAsync(
                parsed.GetRequiredValue(history), options.Of(parsed, output), values, limit, parsed.GetValue(seed), cancellationToken);
            Ranking.Ranking ranking;
            if (cluster.IsNamed(parsed))
            {
                await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
                ranking = await RankAsync(await ClusterTestValues.OfAsync(client, cancellationToken));
            }
            else
            {
                using var own = new OwnTestValues(TimeProvider.System);
                ranking = await RankAsync(own);
            }

            Write(ranking, parsed.GetRequiredValue(format), output);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Ranking.Ranking ranking, string format, Output output)
    {
        switch (format)
        {
            case Json:
                output.WriteJson(ranking);
                break;
            case JUnitFilter:
                output.WriteLine(RankingText.JUnitFilter(ranking));
                break;
            default:
                RankingText.WriteLines(ranking, output);
                break;
        }

        output.WriteProgress(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(ranking.Tests.Count, "test")}, {ranking.Seconds:0.#} s; {ranking.LeftOut} left out; learned from "
            + $"{Counted.Of(ranking.Runs, "run")}."));
    }

    private static bool TryReadTime(string text, out TimeSpan time)
    {
        time = default;
        if (Time().Match(text) is not { Success: true } match
            || !double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var seconds = number * match.Groups[2].Value switch { "ms" => 0.001, "s" => 1, "m" or "min" => 60, _ => 3600 };
        if (seconds is not (> 0 and < int.MaxValue))
        {
            return false;
        }

        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(ms|s|m|min|h)$")]
    private static partial Regex Time();
}
