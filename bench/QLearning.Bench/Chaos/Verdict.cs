namespace QLearning.Bench.Chaos;

/// <summary>What a check found.</summary>
/// <param name="Acknowledged">Updates and trajectories that were acknowledged in the round.</param>
/// <param name="Lost">Those that had to be there and are not.</param>
/// <param name="Doubled">Those that are there more often than they can have taken effect.</param>
/// <param name="Findings">What was wrong, in words.</param>
internal sealed record Verdict(long Acknowledged, long Lost, long Doubled, IReadOnlyList<string> Findings);
