namespace QLearning.Storage.Sizing;

/// <summary>
/// Bytes of a row with its share of the table's indexes and of the room that fill factors leave, as <c>qlearn bench row-size</c> measured
/// them; the benchmark says when they are not right any more.
/// </summary>
public static class RowSizes
{
    /// <summary>Bytes by table.</summary>
    public static IReadOnlyDictionary<string, double> Of { get; } = new Dictionary<string, double>
    {
        ["q_values"] = 1_400,
        ["trajectories"] = 2_600,
        ["rewards"] = 420,
        ["sessions"] = 500,
        ["patterns"] = 1_500,
        ["agent_states"] = 900,
    };
}
