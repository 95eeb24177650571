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
        ["q_values"] = 1_540,
        ["trajectories"] = 2_270,
        ["rewards"] = 350,
        ["sessions"] = 680,
        ["patterns"] = 2_320,
        // Few rows that are always being replaced: nearly all of it is room for the next ones.
        ["agent_states"] = 19_300,
    };
}
