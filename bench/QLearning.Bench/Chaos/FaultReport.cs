namespace QLearning.Bench.Chaos;

/// <summary>All rounds of one fault.</summary>
/// <param name="Name">The fault.</param>
/// <param name="Rounds">How often it was done.</param>
/// <param name="Acknowledged">Updates and trajectories acknowledged in all rounds.</param>
/// <param name="Lost">Those that had to be there afterwards and were not.</param>
/// <param name="Doubled">Those that counted more often than they can have taken effect.</param>
/// <param name="RecoverySeconds">The longest time until the cluster served as before.</param>
/// <param name="MedianRecoverySeconds">The median of these times.</param>
/// <param name="InFlightSeconds">The longest time after the fault until a call that was under way was answered; null: it was not looked
/// at.</param>
/// <param name="LateRounds">Rounds in which one of these times was over its limit.</param>
/// <param name="Roads">The same figures road by road.</param>
/// <param name="Findings">What was wrong, in words.</param>
internal sealed record FaultReport(
    string Name,
    int Rounds,
    long Acknowledged,
    long Lost,
    long Doubled,
    double RecoverySeconds,
    double MedianRecoverySeconds,
    double? InFlightSeconds,
    int LateRounds,
    IReadOnlyList<RoadVerdict> Roads,
    IReadOnlyList<string> Findings)
{
    public static FaultReport Of(string name, IReadOnlyList<RoundResult> rounds)
    {
        var recoveries = rounds.Select(round => round.Recovery.TotalSeconds).Order().ToList();
        return new FaultReport(
            name,
            rounds.Count,
            rounds.Sum(round => round.Verdict.Acknowledged),
            rounds.Sum(round => round.Verdict.Lost),
            rounds.Sum(round => round.Verdict.Doubled),
            Rounded(recoveries[^1]),
            Rounded(recoveries[recoveries.Count / 2]),
            rounds.Max(round => round.SlowestInFlight) is { } slowest ? Rounded(slowest.TotalSeconds) : null,
            rounds.Count(round => round.Late.Count > 0),
            RoadVerdict.Sum(rounds.SelectMany(round => round.Verdict.Roads)),
            [.. rounds.SelectMany(round => round.Verdict.Findings)]);
    }

    private static double Rounded(double seconds) => Math.Round(seconds, 2);
}
