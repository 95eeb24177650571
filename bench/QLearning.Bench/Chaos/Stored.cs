namespace QLearning.Bench.Chaos;

/// <summary>What is there after the fault.</summary>
/// <param name="Visits">Visit counts by key, as PostgreSQL has them.</param>
/// <param name="Trajectories">Tasks of the trajectories in PostgreSQL, each as often as it is there.</param>
/// <param name="HotVisits">The sums of the visit counts in the grains' memories, by agent type.</param>
internal sealed record Stored(
    IReadOnlyDictionary<string, long> Visits, IReadOnlyList<string> Trajectories, IReadOnlyDictionary<string, long> HotVisits)
{
    /// <summary>Ids of the late rewards in PostgreSQL, each as often as it is there.</summary>
    public IReadOnlyList<string> Rewards { get; init; } = [];
}
