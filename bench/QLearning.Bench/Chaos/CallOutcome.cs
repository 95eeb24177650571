namespace QLearning.Bench.Chaos;

/// <summary>How a call ended, as far as the client knows.</summary>
internal enum CallOutcome
{
    /// <summary>Nobody knows whether it took effect.</summary>
    Unknown,

    /// <summary>It took effect.</summary>
    Acknowledged,

    /// <summary>It had no effect.</summary>
    Refused,
}
