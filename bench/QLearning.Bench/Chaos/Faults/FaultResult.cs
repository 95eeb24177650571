namespace QLearning.Bench.Chaos.Faults;

/// <summary>How a fault went.</summary>
/// <param name="At">When it came, since the begin of the run.</param>
/// <param name="Recovery">How long until the cluster served as before.</param>
/// <param name="RecoveryLimit">How long that may take.</param>
internal sealed record FaultResult(TimeSpan At, TimeSpan Recovery, TimeSpan RecoveryLimit)
{
    /// <summary>How long after the fault a call that was under way may be answered; null: it is not looked at.</summary>
    public TimeSpan? InFlightLimit { get; init; }

    /// <summary>Whether a client may see an error.</summary>
    public bool ErrorsAllowed { get; init; } = true;

    /// <summary>Calls of other processes.</summary>
    public IReadOnlyCollection<Call> OtherCalls { get; init; } = [];

    /// <summary>What was wrong besides lost and doubled updates.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
}
