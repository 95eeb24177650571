using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>One row of <c>q_values</c> as a grain needs it.</summary>
/// <param name="RowId"><c>q_value_id</c>.</param>
/// <param name="State"><c>state_hash</c>.</param>
/// <param name="Action"><c>action_hash</c>.</param>
/// <param name="ActionJson"><c>action_data</c>; null in a whole load, which reads each action's JSON once.</param>
/// <param name="Value"><c>q_value</c>.</param>
/// <param name="VisitCount"><c>visit_count</c>.</param>
/// <param name="Confidence"><c>confidence_score</c>.</param>
/// <param name="Uncertainty"><c>uncertainty</c>.</param>
/// <param name="ExpiresAt"><c>expires_at</c>.</param>
public readonly record struct QValueRow(
    long RowId,
    StateKey State,
    ActionKey Action,
    string? ActionJson,
    double Value,
    int VisitCount,
    double Confidence,
    double Uncertainty,
    DateTimeOffset? ExpiresAt);
