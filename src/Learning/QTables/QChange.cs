namespace QLearning.Learning.QTables;

/// <summary>One Q-value on its way to the database, with the values it had when it was taken.</summary>
/// <param name="RowId">The row to update, or 0: insert a new one.</param>
/// <param name="State">The state's key.</param>
/// <param name="StateJson">The state's JSON for an insert, when the caller gave it; null: the key as a JSON string.</param>
/// <param name="Action">The action's key.</param>
/// <param name="ActionJson">The action's JSON.</param>
/// <param name="Value">The Q-value, rounded to 6 decimals as its column holds it.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1, in steps of 0.0001.</param>
/// <param name="Uncertainty">0 to 1, in steps of 0.0001.</param>
/// <param name="ExpiresAt">The expiry to write; null in an update: leave it as it is. An insert always has one.</param>
/// <param name="KnownExpiry">The expiry as memory has it, for a row that must be inserted again; null: never.</param>
public readonly record struct QChange(
    long RowId,
    StateKey State,
    string? StateJson,
    ActionKey Action,
    string ActionJson,
    double Value,
    int VisitCount,
    double Confidence,
    double Uncertainty,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? KnownExpiry = null);
