using System.CommandLine;
using System.Globalization;
using QLearning.Bench.Chaos.Faults;
using QLearning.Bench.Report;
using Spectre.Console;

namespace QLearning.Bench.Chaos;

/// <summary><c>qlearn bench chaos</c>: faults in a cluster under load, for as many rounds as wanted.</summary>
internal static class ChaosCommand
{
    public static Command Create(IAnsiConsole result, TextWriter progress)
    {
        var rounds = BoundedOption.Create("--rounds", "How often each fault is done", 1, 1, 1_000_000);
        var outage = BoundedOption.Create("--outage", "How many seconds PostgreSQL is away", 30, 1, 3600);
        var plain = new Option<bool>("--no-resend") { Description = "Clients do not send again what was lost with a silo." };
        var names = new Option<string[]>("--fault")
        {
            Description = $"Only these faults: {string.Join(", ", ChaosRun.Faults.Select(fault => fault.Name))}.",
            HelpName = "name",
        };
        var face = new Option<string>("--face")
        {
            Description = "How the cluster is called: by .NET clients and SQL, or over HTTP with a key for each request.",
            DefaultValueFactory = _ => ChaosFace.Client.Name,
        };
        face.AcceptOnlyFromAmong([.. ChaosFace.All.Select(one => one.Name)]);
        names.AcceptOnlyFromAmong([.. ChaosRun.Faults.Select(fault => fault.Name)]);
        var file = JsonFile.Create();
        var command = new Command("chaos", "Kills, hangs and outages under load; counts what is lost and what counts twice.")
        {
            rounds, outage, plain, face, names, file,
        };
        command.SetAction(async (given, cancellationToken) =>
        {
            var called = ChaosFace.All.Single(one => one.Name == given.GetValue(face));
            var chosen = given.GetValue(names) is { Length: > 0 } some
                ? called.Faults.Where(fault => some.Contains(fault.Name))
                : called.Faults;
            var report = await RunAsync(
                called,
                [.. chosen],
                given.GetValue(rounds),
                resendsNotDurable: !given.GetValue(plain),
                TimeSpan.FromSeconds(given.GetValue(outage)),
                progress,
                cancellationToken);
            report.Print(result);
            // Also when it was stopped early: then the report has what was done so far.
            await JsonFile.WriteAsync(given, file, report, CancellationToken.None);
            return report.IsClean ? BenchExitCode.Success : BenchExitCode.Failure;
        });
        return command;
    }

    private static async Task<ChaosReport> RunAsync(
        ChaosFace face,
        IReadOnlyList<IFault> faults,
        int rounds,
        bool resendsNotDurable,
        TimeSpan outage,
        TextWriter progress,
        CancellationToken cancellationToken)
    {
        var (possible, notRun) = (new List<IFault>(), new List<string>());
        foreach (var fault in faults)
        {
            if (await fault.FindObstacleAsync(cancellationToken) is { } obstacle)
            {
                notRun.Add($"{fault.Name}: {obstacle}");
                progress.WriteLine($"{fault.Name} is not run: {obstacle}");
            }
            else
            {
                possible.Add(fault);
            }
        }

        var done = new List<RoundResult>();
        await using var run = await ChaosRun.StartAsync(
            resendsNotDurable, outage, cancellationToken, limitsDisk: possible.Any(fault => fault is FullDisk), face: face);
        var planned = from round in Enumerable.Range(1, rounds) from fault in possible select (round, fault);
        try
        {
            foreach (var (round, fault) in planned)
            {
                var one = await run.RunAsync(fault, cancellationToken);
                done.Add(one);
                progress.WriteLine($"{round}/{rounds} {Line(one)}");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && done.Count > 0)
        {
            progress.WriteLine("Stopped early: the report has the rounds that ended.");
        }

        return ChaosReport.Of(done, notRun);
    }

    /// <summary>A round in one line.</summary>
    /// <param name="one">The round.</param>
    public static string Line(RoundResult one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Fault}: {one.Verdict.Acknowledged} acknowledged, {one.Verdict.Lost} lost, {one.Verdict.Doubled} doubled, "
        + $"recovered in {one.Recovery.TotalSeconds:0.0} s. {string.Join(' ', one.Late.Concat(one.Verdict.Findings))}");
}
