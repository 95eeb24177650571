using System.Buffers;

namespace QLearning.Learning.Exploration;

/// <summary>
/// The action with the highest upper confidence bound Q + c·√(ln N / n), with n visits of the action and N of all (Auer, Cesa-Bianchi
/// and Fischer 2002; Sutton &amp; Barto, equation 2.10). Actions never visited come first. Only ties are broken at random.
/// </summary>
public sealed class Ucb1 : IExplorationPolicy
{
    private const int MaxOnStack = 64;

    private readonly double _constant;

    /// <summary>The policy with an exploration constant.</summary>
    /// <param name="constant">c, in units of Q-values, 0 or more.</param>
    /// <exception cref="InvalidInputException">The constant is negative or not finite.</exception>
    public Ucb1(double constant) => _constant = InputCheck.Range("UCB1 constant", constant, 0, double.MaxValue);

    /// <inheritdoc />
    public PolicyChoice Choose(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Choices.Check(qValues, visits);
        var rented = qValues.Length > MaxOnStack ? ArrayPool<double>.Shared.Rent(qValues.Length) : null;
        var bounds = rented is null ? stackalloc double[MaxOnStack] : rented;
        bounds = bounds[..qValues.Length];
        Fill(qValues, visits, bounds);
        var highest = new Ties(bounds);
        var index = highest.Pick(random);
        var choice = new PolicyChoice(index, !new Ties(qValues).Has(index), 1.0 / highest.Count);
        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return choice;
    }

    /// <inheritdoc />
    public void Probabilities(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> probabilities)
    {
        Choices.Check(qValues, visits, probabilities);

        // The bounds are turned into probabilities where they stand: sharing reads each place before it writes it.
        Fill(qValues, visits, probabilities);
        new Ties(probabilities).Share(1, probabilities);
    }

    private void Fill(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> bounds)
    {
        var total = 0L;
        foreach (var count in visits)
        {
            total += count;
        }

        var logTotal = Math.Log(Math.Max(total, 1));
        for (var index = 0; index < qValues.Length; index++)
        {
            bounds[index] = visits[index] == 0
                ? double.PositiveInfinity
                : qValues[index] + (_constant * Math.Sqrt(logTotal / visits[index]));
        }
    }
}
