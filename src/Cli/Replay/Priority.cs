using QLearning.Abstractions;

namespace QLearning.Cli.Replay;

/// <summary>Turns the Q-values of a test's views into one number: how likely it is to fail, as far as the cluster knows.</summary>
/// <param name="learningRate">The agent type's α.</param>
internal sealed class Priority(double learningRate)
{
    // What a test is worth of which nothing is known, and how soon what is known outweighs it.
    private const double Prior = 0.3;
    private const double PriorWeight = 0.2;

    /// <summary>The priority of a test.</summary>
    /// <param name="views">The Q-value of running it in each of its views; null where nothing was learned.</param>
    public double Of(IReadOnlyList<QValue?> views)
    {
        var (sum, weights) = (Prior * PriorWeight, PriorWeight);
        for (var i = 0; i < views.Count; i++)
        {
            if (views[i] is { VisitCount: > 0 } known)
            {
                var weight = TestViews.Weights[i] * known.VisitCount / (known.VisitCount + 1);
                sum += weight * Mean(known);
                weights += weight;
            }
        }

        return sum / weights;
    }

    // A Q-value starts at 0, so after n visits with step size α it is the weighted mean of the rewards times 1 − (1 − α)ⁿ
    // (Sutton & Barto, exercise 2.7 calls this the initial bias).
    private double Mean(QValue value) => value.Value / (1 - Math.Pow(1 - learningRate, value.VisitCount));
}
