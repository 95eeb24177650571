using System.CommandLine;
using System.Globalization;
using QLearning.Bench.Report;
using Spectre.Console;

namespace QLearning.Bench.Comparisons;

/// <summary>What <c>qlearn bench</c> does without a subcommand: measures the cases and prints them as one table.</summary>
internal sealed class CompareAction
{
    private readonly Argument<string[]> _names = new("case")
    {
        Description = "Only these cases; none: all.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<int> _callers = BoundedOption.Create("--callers", "How many callers at once", 18, 1, 10_000);
    private readonly Option<int> _rounds = BoundedOption.Create("--rounds", "How often each contender has its turn", 5, 1, 1000);
    private readonly Option<int> _seconds = BoundedOption.Create("--seconds", "How long a turn lasts", 2, 1, 3600);
    private readonly Option<int> _warmUp = BoundedOption.Create(
        "--warm-up", "How many seconds each contender warms up, at least a turn", 6, 0, 3600);
    private readonly Option<string?> _file = JsonFile.Create();

    /// <summary>Gives a command the options of the comparison.</summary>
    public void AddTo(Command command)
    {
        _names.AcceptOnlyFromAmong([.. ComparisonCases.All.Select(one => one.Name)]);
        command.Add(_names);
        command.Add(_callers);
        command.Add(_rounds);
        command.Add(_seconds);
        command.Add(_warmUp);
        command.Add(_file);
    }

    /// <summary>Measures.</summary>
    public async Task<int> RunAsync(ParseResult given, IAnsiConsole result, TextWriter progress, CancellationToken cancellationToken)
    {
        var names = given.GetValue(_names) ?? [];
        var callers = new Callers(given.GetValue(_callers), TimeSpan.FromSeconds(given.GetValue(_seconds)));
        var (rounds, warmUp) = (given.GetValue(_rounds), TimeSpan.FromSeconds(given.GetValue(_warmUp)));
        await using var surroundings = await Surroundings.StartAsync(callers, progress.WriteLine, cancellationToken);
        var machine = await Machine.AskAsync(surroundings.Database, cancellationToken);
        var cases = new List<CaseResult>();
        foreach (var one in ComparisonCases.All.Where(one => names.Length == 0 || names.Contains(one.Name)))
        {
            progress.WriteLine($"{one.Name}: {one.Description}");
            await using var contest = await one.PrepareAsync(surroundings, cancellationToken);
            cases.Add(await contest.RunAsync(one.Name, rounds, warmUp, cancellationToken));
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Name}: {cases[^1].Median:#,0.##} {cases[^1].Unit}."));
        }

        var report = new ComparisonReport(machine, cases);
        ComparisonTable.Print(report, result);
        await JsonFile.WriteAsync(given, _file, report, cancellationToken);
        return BenchExitCode.Success;
    }
}
