namespace QLearning.Cli.Replay;

/// <summary>A figure over all cycles, over those that have a failure, and over those in which some order finds one.</summary>
/// <param name="Mean">The mean over all cycles.</param>
/// <param name="MeanWithFailures">The mean over cycles that have a failure; 0 when there are none.</param>
/// <param name="MeanWithChance">The mean over cycles in which some order finds a failure; 0 when there are none.</param>
internal sealed record CycleMean(double Mean, double MeanWithFailures, double MeanWithChance)
{
    public static CycleMean Of(IEnumerable<CycleOutcome> outcomes, Func<CycleOutcome, double> figure)
    {
        CycleOutcome[] all = [.. outcomes];
        double Over(Func<CycleOutcome, bool> isCounted) => all.Where(isCounted).Select(figure).DefaultIfEmpty().Average();
        return new CycleMean(
            Over(_ => true), Over(cycle => cycle.Failures > 0), Over(cycle => cycle.Failures > 0 && !cycle.IsWithoutChance));
    }

    public static CycleMean Of(IReadOnlyCollection<CycleMean> means) =>
        new(
            means.Average(mean => mean.Mean),
            means.Average(mean => mean.MeanWithFailures),
            means.Average(mean => mean.MeanWithChance));
}

/// <summary>Failures by what the order made of them.</summary>
/// <param name="Found">Failures of tests that ran.</param>
/// <param name="Missed">Failures of tests that did not.</param>
internal sealed record FailureCount(int Found, int Missed)
{
    public static FailureCount Of(IReadOnlyCollection<CycleOutcome> outcomes)
    {
        var found = outcomes.Sum(cycle => cycle.Found);
        return new FailureCount(found, outcomes.Sum(cycle => cycle.Failures) - found);
    }
}

/// <summary>One cycle in the order the cluster learned, and in a random one.</summary>
/// <param name="Cycle">Its number or name.</param>
/// <param name="Napfd">NAPFD of the learned order.</param>
/// <param name="NapfdRandom">NAPFD of the random order.</param>
/// <param name="HasFailures">Whether a test of it fails.</param>
internal sealed record CurvePoint(string Cycle, double Napfd, double NapfdRandom, bool HasFailures);

/// <summary>What one replay of a CI history found.</summary>
/// <param name="Seed">The seed of ties and of the random order.</param>
/// <param name="Napfd">NAPFD of the learned order.</param>
/// <param name="NapfdRandom">NAPFD of a random order.</param>
/// <param name="Failures">What the learned order found.</param>
/// <param name="FailuresRandom">What the random order found.</param>
/// <param name="TestsRun">Tests that ran, which is what was learned from.</param>
/// <param name="UpdatesBefore">Visits the cluster had learned for this agent type before; above 0: it went on from there.</param>
/// <param name="Curve">By cycle.</param>
internal sealed record ReplayRunResult(
    int Seed,
    CycleMean Napfd,
    CycleMean NapfdRandom,
    FailureCount Failures,
    FailureCount FailuresRandom,
    int TestsRun,
    long UpdatesBefore,
    IReadOnlyList<CurvePoint> Curve);

/// <summary>What all replays of a CI history found.</summary>
/// <param name="File">The history.</param>
/// <param name="Cycles">Its cycles.</param>
/// <param name="GreenCycles">Those without a failure, whose NAPFD is 1 in any order.</param>
/// <param name="CyclesWithoutChance">
/// Those in which no order could find a failure, since each test that fails takes more than half of the time; their NAPFD is always 0.
/// </param>
/// <param name="Tests">Its executions.</param>
/// <param name="Napfd">The mean over the runs.</param>
/// <param name="NapfdRandom">The mean over the runs.</param>
/// <param name="Runs">One for each seed.</param>
/// <param name="IsKept">Whether the cluster keeps what it learned; false for clusters that are gone.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record ReplayResult(
    string File,
    int Cycles,
    int GreenCycles,
    int CyclesWithoutChance,
    int Tests,
    CycleMean Napfd,
    CycleMean NapfdRandom,
    IReadOnlyList<ReplayRunResult> Runs,
    bool IsKept,
    double Seconds)
{
    /// <summary>
    /// Whether <see cref="CycleMean.MeanWithFailures"/> is the figure to judge by: most cycles are green, and would hide the others.
    /// </summary>
    public bool IsJudgedByFailures => GreenCycles * 2 > Cycles;
}
