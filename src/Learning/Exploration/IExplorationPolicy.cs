namespace QLearning.Learning.Exploration;

/// <summary>
/// A policy π(a|s): how an action is chosen from Q-values and visit counts. Safe to share between threads; up to 64 actions a choice
/// allocates nothing.
/// </summary>
public interface IExplorationPolicy
{
    /// <summary>Chooses an action.</summary>
    /// <param name="qValues">The Q-value of each action, finite; 0 for one never learned.</param>
    /// <param name="visits">How often each action has been learned, as many as Q-values.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <exception cref="InvalidInputException">There is nothing to choose from, or the counts differ.</exception>
    PolicyChoice Choose(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Random random);

    /// <summary>The probability with which <see cref="Choose"/> takes each action; they sum to 1.</summary>
    /// <param name="qValues">The Q-value of each action.</param>
    /// <param name="visits">How often each action has been learned.</param>
    /// <param name="probabilities">Where they go, as many as Q-values.</param>
    /// <exception cref="InvalidInputException">There is nothing to choose from, or the counts differ.</exception>
    void Probabilities(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> probabilities);
}
