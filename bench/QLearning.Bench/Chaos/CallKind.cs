namespace QLearning.Bench.Chaos;

/// <summary>What a call promises when it is acknowledged.</summary>
internal enum CallKind
{
    /// <summary>An update that is durable soon.</summary>
    WriteBehind,

    /// <summary>An update that is durable.</summary>
    Durable,

    /// <summary>A trajectory that is durable, known by its id.</summary>
    Trajectory,
}
