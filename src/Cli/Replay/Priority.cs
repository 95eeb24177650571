using QLearning.Abstractions;

namespace QLearning.Cli.Replay;

/// <summary>Turns the Q-values of a test's views and its duration into one number to order tests by.</summary>
/// <param name="learningRate">The agent type's α.</param>
internal sealed class Priority(double learningRate)
{
    // What a test is worth of which nothing is known, and how soon what is known outweighs it.
    private const double Prior = 0.3;
    private const double PriorWeight = 0.2;

    // At 0 time would not matter, at 1 it would be failures found per second. docs/performance.md has what was tried.
    private const double TimeWeight = 0.15;
    private const double MillisecondsPerSecond = 1000;

    /// <summary>The priority of a test: how likely it is to fail, and a little less the longer it takes, since time is scarce.</summary>
    /// <param name="views">The Q-value of running it in each of its views; null where nothing was learned.</param>
    /// <param name="durationMs">How long it takes, in milliseconds.</param>
    public double Of(IReadOnlyList<QValue?> views, double durationMs) =>
        Risk(views) / Math.Pow(1 + (durationMs / MillisecondsPerSecond), TimeWeight);

    private double Risk(IReadOnlyList<QValue?> views)
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
