namespace QLearning.Learning.QTables;

/// <summary>One Q-value of a state.</summary>
/// <param name="ActionIndex">The action's index in <see cref="QTable.Actions"/>.</param>
/// <param name="QValue">Expected discounted return.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Uncertainty">0 to 1.</param>
public readonly record struct QEntry(int ActionIndex, double QValue, int VisitCount, double Confidence, double Uncertainty)
{
    internal static QEntry Of(in PackedEntry entry) =>
        new(entry.ActionIndex, entry.Q, entry.Visits, entry.Confidence, entry.Uncertainty);
}
