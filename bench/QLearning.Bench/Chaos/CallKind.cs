namespace QLearning.Bench.Chaos;

/// <summary>What a call promises when it is acknowledged.</summary>
internal enum CallKind
{
    /// <summary>An update that is durable soon.</summary>
    WriteBehind,

    /// <summary>An update that is durable.</summary>
    Durable,

    /// <summary>A trajectory that is durable, known by its task.</summary>
    Trajectory,

    /// <summary>The row of a late reward, known by its id.</summary>
    Reward,

    /// <summary>
    /// An update of a state that SQL programs write too: the last one wins, so only that the state is there can be checked.
    /// </summary>
    Shared,
}
