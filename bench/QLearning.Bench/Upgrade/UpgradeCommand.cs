using System.CommandLine;
using QLearning.Bench.Chaos;
using QLearning.Bench.Report;
using Spectre.Console;

namespace QLearning.Bench.Upgrade;

/// <summary><c>qlearn bench upgrade</c>: a cluster of an older program becomes one of this program under load.</summary>
internal static class UpgradeCommand
{
    public static Command Create(IAnsiConsole result, TextWriter progress)
    {
        var from = new Option<string>("--from") { Description = "The revision to upgrade from.", HelpName = "revision", Required = true };
        var rounds = BoundedOption.Create("--rounds", "How often, each time on a new cluster", 1, 1, 1000);
        var file = JsonFile.Create();
        var command = new Command("upgrade", "Replaces silos of an older revision under load; counts what is lost and what counts twice.")
        {
            from, rounds, file,
        };
        command.SetAction(async (given, cancellationToken) =>
        {
            var revision = given.GetValue(from)!;
            progress.WriteLine($"Building {revision}; that takes a minute.");
            using var older = await OlderRevision.BuildAsync(revision, cancellationToken);
            var done = new List<RoundResult>();
            for (var round = 1; round <= given.GetValue(rounds); round++)
            {
                done.Add(await RunAsync(older.Program, cancellationToken));
                progress.WriteLine($"{round}/{given.GetValue(rounds)} {ChaosCommand.Line(done[^1])}");
            }

            var report = ChaosReport.Of(done, []);
            report.Print(result);
            await JsonFile.WriteAsync(given, file, report, CancellationToken.None);
            return report.IsClean ? BenchExitCode.Success : BenchExitCode.Failure;
        });
        return command;
    }

    /// <summary>Replaces the silos of a program once, and checks what became of the calls meanwhile.</summary>
    /// <param name="older">The older program's <c>qlearn.dll</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<RoundResult> RunAsync(string older, CancellationToken cancellationToken)
    {
        await using var run = await ChaosRun.StartAsync(
            resendsNotDurable: true, outage: TimeSpan.Zero, cancellationToken, olderProgram: older);
        return await run.RunAsync(new SilosReplaced(), cancellationToken);
    }
}
