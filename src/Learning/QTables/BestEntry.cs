namespace QLearning.Learning.QTables;

/// <summary>The highest Q-value of a state.</summary>
/// <param name="ActionIndex">The action's index in <see cref="QTable.Actions"/>.</param>
/// <param name="QValue">Its Q-value.</param>
/// <param name="Confidence">Its confidence, 0 to 1.</param>
/// <param name="VisitCount">How often it has been learned.</param>
public readonly record struct BestEntry(int ActionIndex, double QValue, double Confidence, int VisitCount);
