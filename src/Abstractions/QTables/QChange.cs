namespace QLearning.Abstractions;

/// <summary>
/// One Q-value on its way from a Q-table to the database: an absolute image of the row, so that writing it twice does no harm. No message
/// has it.
/// </summary>
/// <param name="RowId"><c>q_value_id</c> of the row to update; 0: insert a new one.</param>
/// <param name="State">The state's key.</param>
/// <param name="StateJson">
/// The state's JSON for an insert, when the caller gave it; null: taken from another row of the state, else the key as a JSON string.
/// </param>
/// <param name="Action">The action's key.</param>
/// <param name="ActionJson">The action's JSON.</param>
/// <param name="Value">The Q-value, rounded to 6 decimals as its column holds it.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1, in steps of 0.0001.</param>
/// <param name="Uncertainty">0 to 1, in steps of 0.0001.</param>
/// <param name="ExpiresAt">The expiry to write; null in an update: leave it as it is. An insert of a Q-table always has one.</param>
/// <param name="KnownExpiry">The expiry of a known row that was deleted meanwhile and is inserted again; null: never.</param>
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
