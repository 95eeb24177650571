namespace QLearning.Learning.Episodes;

/// <summary>The discounted return G of an episode (Sutton &amp; Barto, equation 3.8).</summary>
public static class DiscountedReturn
{
    /// <summary>R₁ + γR₂ + γ²R₃ + …; 0 for no rewards.</summary>
    /// <param name="rewards">The rewards in the order they were earned.</param>
    /// <param name="discount">The discount factor γ, 0 to 1.</param>
    /// <exception cref="InvalidInputException">γ is out of range.</exception>
    public static double Of(ReadOnlySpan<double> rewards, double discount)
    {
        InputCheck.Fraction("discount factor", discount);

        // From the last reward on: G = R + γG needs no powers (Sutton & Barto, equation 3.9).
        var total = 0.0;
        for (var i = rewards.Length - 1; i >= 0; i--)
        {
            total = rewards[i] + (discount * total);
        }

        return total;
    }
}
