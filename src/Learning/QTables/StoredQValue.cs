namespace QLearning.Learning.QTables;

/// <summary>A row of <c>q_values</c> as it was read from the database.</summary>
/// <param name="RowId">Its <c>q_value_id</c>, above 0.</param>
/// <param name="State">The state's key.</param>
/// <param name="Action">The action's key.</param>
/// <param name="ActionJson">The action's JSON, or null: the key as a JSON string.</param>
/// <param name="Value">The Q-value.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1, in steps of 0.0001.</param>
/// <param name="Uncertainty">0 to 1, in steps of 0.0001.</param>
/// <param name="ExpiresAt">When it stops to count, or null: never.</param>
public readonly record struct StoredQValue(
    long RowId,
    StateKey State,
    ActionKey Action,
    string? ActionJson,
    double Value,
    int VisitCount,
    double Confidence,
    double Uncertainty,
    DateTimeOffset? ExpiresAt);
