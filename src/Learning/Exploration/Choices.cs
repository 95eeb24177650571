namespace QLearning.Learning.Exploration;

/// <summary>What all policies check before they choose.</summary>
internal static class Choices
{
    public static void Check(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits)
    {
        if (qValues.IsEmpty)
        {
            throw InvalidInputException.For("number of candidates", 0, "there is nothing to choose from", "at least one action");
        }

        if (visits.Length != qValues.Length)
        {
            throw InvalidInputException.For(
                "number of visit counts", visits.Length, "it differs from the number of Q-values", $"{qValues.Length}");
        }
    }

    public static void Check(ReadOnlySpan<double> qValues, ReadOnlySpan<int> visits, Span<double> probabilities)
    {
        Check(qValues, visits);
        if (probabilities.Length != qValues.Length)
        {
            throw InvalidInputException.For(
                "number of probabilities", probabilities.Length, "it differs from the number of Q-values", $"{qValues.Length}");
        }
    }
}
