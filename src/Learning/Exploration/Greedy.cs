namespace QLearning.Learning.Exploration;

/// <summary>Always an action with the highest Q-value; ties are broken at random.</summary>
public sealed class Greedy : IExplorationPolicy
{
    /// <summary>The one there needs to be.</summary>
    public static Greedy Instance { get; } = new();

    /// <inheritdoc />
    public PolicyChoice Choose(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Choices.Check(qValues, visits);
        var greedy = new Ties(qValues);
        return new PolicyChoice(greedy.Pick(random), Explored: false, 1.0 / greedy.Count);
    }

    /// <inheritdoc />
    public void Probabilities(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> probabilities)
    {
        Choices.Check(qValues, visits, probabilities);
        new Ties(qValues).Share(1, probabilities);
    }
}
