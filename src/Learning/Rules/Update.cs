namespace QLearning.Learning.Rules;

/// <summary>What one update did.</summary>
/// <param name="QValue">The Q-value after it.</param>
/// <param name="VisitCount">How often the state and action have been learned, this update included.</param>
/// <param name="TdError">The temporal-difference error δ: target − Q-value before (0 when there was none).</param>
public readonly record struct Update(double QValue, int VisitCount, double TdError);
