namespace QLearning.Abstractions;

/// <summary>What an agent learned of a step, and what it does next.</summary>
/// <param name="Observed">What was learned.</param>
/// <param name="Decision">The next choice; null: none could be made, and asking for it alone tells why.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.AgentStepAnswer")]
public sealed record AgentStepAnswer(
    [property: Id(0)] ObservationResult Observed,
    [property: Id(1)] AgentDecision? Decision);
