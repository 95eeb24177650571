using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QLearning.Cli.Replay;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn replay HISTORY</c>: agents order the tests of a CI history by what the cluster learns from it.</summary>
internal static class ReplayCommand
{
    private const int MaxSeeds = 100;

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var file = new Argument<string>("history")
        {
            Description = "The CI history: a folder of reports in JUnit XML or TRX, each file or folder in it a run; "
                + "or CSV with the columns Name, Duration, Verdict, Cycle and, if it is there, LastResults.",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Decides between equal tests, and makes the random order.",
            DefaultValueFactory = _ => 1,
        };
        seed.Validators.Add(result => AllowedValues.CheckNumber(result, "seed", int.MinValue, int.MaxValue));
        var seeds = new Option<int>("--seeds")
        {
            Description = "Replay with so many seeds, each on a cluster of its own that is gone afterwards, and print the means.",
            DefaultValueFactory = _ => 1,
        };
        seeds.Validators.Add(result => AllowedValues.CheckNumber(result, "number of seeds", 1, MaxSeeds));
        var command = new Command("replay", "Let agents order the tests of a real CI history by what the cluster learns.")
        {
            file, seed, seeds, cluster.Json,
        };
        var history = new HistoryCommandOptions();
        history.AddTo(command);
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(seeds) is { Implicit: false }
                && (ClusterOptions.IsTyped(result.GetResult(cluster.Data)) || ClusterOptions.IsTyped(result.GetResult(cluster.Cluster))))
            {
                result.AddError("--seeds makes clusters of its own. Allowed: --seeds without --data and --cluster.");
            }

            var (first, count) = (Typed(result.GetResult(seed)), Typed(result.GetResult(seeds)));
            if (first + count - 1 > int.MaxValue)
            {
                result.AddError($"The seed '{first}' is not allowed with {count} seeds. Allowed: none of them above {int.MaxValue}.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var replay = new ReplayJob(output, TimeProvider.System);
            var path = parsed.GetRequiredValue(file);
            var first = parsed.GetValue(seed);
            var result = parsed.GetResult(seeds) is { Implicit: false }
                ? await replay.RunFreshAsync(
                    path, history.Of(parsed, output), [.. Enumerable.Range(first, parsed.GetValue(seeds))], cancellationToken)
                : await replay.RunAsync(path, history.Of(parsed, output), first, cluster.ToSettings(parsed), cancellationToken);
            if (parsed.GetValue(cluster.Json))
            {
                output.WriteJson(result);
            }
            else
            {
                ReplayReport.Print(result, output);
            }

            return ExitCode.Success;
        });
        return command;
    }

    // What cannot be read is complained of elsewhere.
    private static long Typed(OptionResult? result) =>
        result?.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
