namespace QLearning.Bench.Chaos;

/// <summary>One fault, done once.</summary>
/// <param name="Fault">Its name.</param>
/// <param name="Verdict">What was lost and doubled.</param>
/// <param name="Recovery">How long until the cluster served as before.</param>
/// <param name="SlowestInFlight">How long after the fault the last call that was under way was answered; null: none was, or it is not
/// looked at.</param>
/// <param name="Late">What took longer than it may, in words.</param>
internal sealed record RoundResult(
    string Fault, Verdict Verdict, TimeSpan Recovery, TimeSpan? SlowestInFlight, IReadOnlyList<string> Late)
{
    /// <summary>Whether nothing was lost, doubled or otherwise wrong.</summary>
    public bool IsClean => Verdict is { Lost: 0, Doubled: 0, Findings.Count: 0 };
}
