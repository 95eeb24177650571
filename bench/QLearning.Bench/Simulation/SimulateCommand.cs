using System.CommandLine;
using System.Globalization;

namespace QLearning.Bench.Simulation;

/// <summary><c>qlearn bench simulate</c>: client, grains and lanes under a seeded scheduler, over a model of the store.</summary>
internal static class SimulateCommand
{
    private const int MaxSchedules = 1_000_000_000;

    private static readonly TimeProvider _time = TimeProvider.System;
    private static readonly TimeSpan _progressInterval = TimeSpan.FromSeconds(30);

    public static Command Create(TextWriter result, TextWriter progress)
    {
        var schedules = BoundedOption.Create("--schedules", "How many schedules", 20_000, 1, MaxSchedules);
        var seed = BoundedOption.Create("--seed", "The seed of the first one; the next has the next", 0, 0, MaxSchedules);
        var command = new Command(
            "simulate", "Seeded schedules of messages, crashes and repartitions over a model of PostgreSQL; exit code 1 if one is wrong.")
        {
            schedules, seed,
        };
        command.SetAction((given, cancellationToken) => Task.FromResult(
            Run(given.GetValue(seed), given.GetValue(schedules), result, progress, cancellationToken)));
        return command;
    }

    private static int Run(int seed, int schedules, TextWriter result, TextWriter progress, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var (done, steps, acknowledged, told) = (0L, 0L, 0L, 0L);
        var wrong = SimRun.FindWrong(
            seed,
            schedules,
            onResult: one =>
            {
                Interlocked.Increment(ref done);
                Interlocked.Add(ref steps, one.Steps);
                Interlocked.Add(ref acknowledged, one.Acknowledged);
                var interval = (long)(_time.GetElapsedTime(began) / _progressInterval);
                if (Volatile.Read(ref told) < interval && Interlocked.Exchange(ref told, interval) < interval)
                {
                    progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref done)} of {schedules} schedules"));
                }
            },
            cancellationToken: cancellationToken);
        var elapsed = _time.GetElapsedTime(began);
        result.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} schedules, {steps} steps, {acknowledged} updates acknowledged, in {elapsed.TotalSeconds:0.0} s "
            + $"({elapsed.TotalMilliseconds / done:0.00} ms each)."));
        if (wrong is null)
        {
            result.WriteLine("All are right.");
            return BenchExitCode.Success;
        }

        Print(wrong, result);
        return BenchExitCode.Failure;
    }

    private static void Print(SimResult wrong, TextWriter result)
    {
        var small = SimSchedule.Run(SimShrinker.Shrink(wrong.Plan), isTracing: true);
        result.WriteLine($"Wrong is {wrong.Plan}");
        foreach (var failure in wrong.Failures)
        {
            result.WriteLine($"  {failure}");
        }

        result.WriteLine($"As small as it gets: {small.Plan}");
        foreach (var line in small.Trace)
        {
            result.WriteLine(line);
        }

        foreach (var failure in small.Failures)
        {
            result.WriteLine($"  {failure}");
        }

        result.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Again: ./qlearn bench simulate --schedules 1 --seed {wrong.Plan.Seed}"));
    }
}
