namespace QLearning.Bench.Chaos;

/// <summary>What a check found.</summary>
/// <param name="Roads">Road by road.</param>
/// <param name="Findings">What was wrong, in words.</param>
internal sealed record Verdict(IReadOnlyList<RoadVerdict> Roads, IReadOnlyList<string> Findings)
{
    /// <summary>Updates and trajectories that were acknowledged in the round.</summary>
    public long Acknowledged => Roads.Sum(road => road.Acknowledged);

    /// <summary>Those that had to be there and are not.</summary>
    public long Lost => Roads.Sum(road => road.Lost);

    /// <summary>Those that are there more often than they can have taken effect.</summary>
    public long Doubled => Roads.Sum(road => road.Doubled);
}
