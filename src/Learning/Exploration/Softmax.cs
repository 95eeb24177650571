using System.Buffers;

namespace QLearning.Learning.Exploration;

/// <summary>
/// Each action with a probability proportional to e^(Q / temperature) (Sutton &amp; Barto, equation 13.2 with Q-values as preferences).
/// The highest Q-value is subtracted first, so that no power overflows.
/// </summary>
public sealed class Softmax : IExplorationPolicy
{
    private const int MaxOnStack = 64;

    private readonly double _temperature;

    /// <summary>The policy with a temperature.</summary>
    /// <param name="temperature">In units of Q-values, above 0: small is greedy, large is random.</param>
    /// <exception cref="InvalidInputException">The temperature is not above 0 or not finite.</exception>
    public Softmax(double temperature) => _temperature = InputCheck.AboveZero("temperature", temperature, double.MaxValue);

    /// <inheritdoc />
    public PolicyChoice Choose(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Choices.Check(qValues, visits);
        var rented = qValues.Length > MaxOnStack ? ArrayPool<double>.Shared.Rent(qValues.Length) : null;
        var probabilities = rented is null ? stackalloc double[MaxOnStack] : rented;
        probabilities = probabilities[..qValues.Length];
        var max = Fill(qValues, probabilities);
        var index = Draw(probabilities, random.NextDouble());
        var choice = new PolicyChoice(index, qValues[index] < max, probabilities[index]);
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
        Fill(qValues, probabilities);
    }

    private static int Draw(ReadOnlySpan<double> probabilities, double point)
    {
        var last = 0;
        for (var index = 0; index < probabilities.Length; index++)
        {
            if (probabilities[index] == 0)
            {
                continue;
            }

            last = index;
            point -= probabilities[index];
            if (point < 0)
            {
                break;
            }
        }

        // Rounding may leave a trace of the point after the last action: then it is that action.
        return last;
    }

    private double Fill(ReadOnlySpan<double> qValues, Span<double> probabilities)
    {
        var max = new Ties(qValues).Max;
        var sum = 0.0;
        for (var index = 0; index < qValues.Length; index++)
        {
            sum += probabilities[index] = Math.Exp((qValues[index] - max) / _temperature);
        }

        foreach (ref var probability in probabilities)
        {
            probability /= sum;
        }

        return max;
    }
}
