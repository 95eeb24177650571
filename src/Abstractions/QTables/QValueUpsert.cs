namespace QLearning.Abstractions;

/// <summary>A Q-value computed by the caller, to be stored as it is: what the SQL function <c>upsert_q_value</c> does.</summary>
/// <param name="State">The state.</param>
/// <param name="Action">The action.</param>
/// <param name="Value">Finite, at most <see cref="QLimits.MaxQValue"/> in size.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.QValueUpsert")]
public readonly record struct QValueUpsert(
    [property: Id(0)] State State, [property: Id(1)] AgentAction Action, [property: Id(2)] double Value);
