namespace QLearning.Learning.Exploration;

/// <summary>What a policy chose.</summary>
/// <param name="Index">The index of the chosen action.</param>
/// <param name="Explored">True when it is not one of the actions with the highest Q-value.</param>
/// <param name="Propensity">The probability with which the policy chooses this action here, above 0 up to 1.</param>
public readonly record struct PolicyChoice(int Index, bool Explored, double Propensity);
