namespace QLearning.Learning.Exploration;

/// <summary>
/// With probability ε any action, all alike, else one with the highest Q-value (Sutton &amp; Barto, section 2.2). Ties are broken at
/// random.
/// </summary>
public sealed class EpsilonGreedy : IExplorationPolicy
{
    private readonly double _explorationRate;

    /// <summary>The policy with an exploration rate.</summary>
    /// <param name="explorationRate">ε, 0 to 1.</param>
    /// <exception cref="InvalidInputException">ε is out of range.</exception>
    public EpsilonGreedy(double explorationRate) => _explorationRate = InputCheck.Fraction("exploration rate", explorationRate);

    /// <inheritdoc />
    public PolicyChoice Choose(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Choices.Check(qValues, visits);
        var greedy = new Ties(qValues);
        var index = random.NextDouble() < _explorationRate ? random.Next(qValues.Length) : greedy.Pick(random);
        return new PolicyChoice(index, !greedy.Has(index), Probability(greedy, index, qValues.Length));
    }

    /// <inheritdoc />
    public void Probabilities(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> probabilities)
    {
        Choices.Check(qValues, visits, probabilities);
        var greedy = new Ties(qValues);
        for (var index = 0; index < qValues.Length; index++)
        {
            probabilities[index] = Probability(greedy, index, qValues.Length);
        }
    }

    private double Probability(Ties greedy, int index, int count) =>
        (_explorationRate / count) + (greedy.Has(index) ? (1 - _explorationRate) / greedy.Count : 0);
}
