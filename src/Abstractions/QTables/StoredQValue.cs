namespace QLearning.Abstractions;

/// <summary>One row of <c>q_values</c> as storage reads it and a Q-table takes it. No message has it.</summary>
/// <param name="RowId"><c>q_value_id</c>, above 0.</param>
/// <param name="State"><c>state_hash</c>.</param>
/// <param name="Action"><c>action_hash</c>.</param>
/// <param name="ActionJson"><c>action_data</c>; null: not known.</param>
/// <param name="Value"><c>q_value</c>.</param>
/// <param name="VisitCount"><c>visit_count</c>.</param>
/// <param name="Confidence"><c>confidence_score</c>: 0 to 1, in steps of 0.0001; null: none, which counts as 0.5.</param>
/// <param name="Uncertainty"><c>uncertainty</c>: 0 to 1, in steps of 0.0001.</param>
/// <param name="ExpiresAt"><c>expires_at</c>: when it stops to count; null: never.</param>
public readonly record struct StoredQValue(
    long RowId,
    StateKey State,
    ActionKey Action,
    string? ActionJson,
    double Value,
    int VisitCount,
    double? Confidence,
    double Uncertainty,
    DateTimeOffset? ExpiresAt);
