namespace QLearning.Bench.Chaos;

/// <summary>What a check found on one road.</summary>
/// <param name="Road">The road.</param>
/// <param name="Acknowledged">What was acknowledged.</param>
/// <param name="Refused">What was refused.</param>
/// <param name="Unknown">What may have taken effect or not, as far as the client knows.</param>
/// <param name="Lost">What had to be there and is not.</param>
/// <param name="Doubled">What is there more often than it can have taken effect.</param>
internal sealed record RoadVerdict(string Road, long Acknowledged, long Refused, long Unknown, long Lost, long Doubled)
{
    /// <summary>Sums up the verdicts of several rounds, road by road.</summary>
    public static IReadOnlyList<RoadVerdict> Sum(IEnumerable<RoadVerdict> verdicts) =>
    [
        .. verdicts.GroupBy(one => one.Road, StringComparer.Ordinal)
            .OrderBy(road => road.Key, StringComparer.Ordinal).Select(road => new RoadVerdict(
            road.Key,
            road.Sum(one => one.Acknowledged),
            road.Sum(one => one.Refused),
            road.Sum(one => one.Unknown),
            road.Sum(one => one.Lost),
            road.Sum(one => one.Doubled))),
    ];
}
