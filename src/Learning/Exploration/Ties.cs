namespace QLearning.Learning.Exploration;

/// <summary>The places of the highest number of a span. Equal means equal to the last bit.</summary>
internal readonly ref struct Ties
{
    private readonly ReadOnlySpan<double> _numbers;

    public Ties(ReadOnlySpan<double> numbers)
    {
        _numbers = numbers;
        Max = double.NegativeInfinity;
        foreach (var number in numbers)
        {
            if (number > Max)
            {
                (Max, Count) = (number, 1);
            }
            else if (number == Max)
            {
                Count++;
            }
        }
    }

    public double Max { get; }

    public int Count { get; }

    public bool Has(int index) => _numbers[index] == Max;

    /// <summary>One of the places, each with the same probability; a single one costs no random number.</summary>
    public int Pick(Random random)
    {
        var skip = Count == 1 ? 0 : random.Next(Count);
        var index = -1;
        while (skip >= 0)
        {
            index++;
            skip -= Has(index) ? 1 : 0;
        }

        return index;
    }

    /// <summary>Gives each place the same share of a probability, and all others none.</summary>
    public void Share(double probability, Span<double> probabilities)
    {
        for (var index = 0; index < _numbers.Length; index++)
        {
            probabilities[index] = Has(index) ? probability / Count : 0;
        }
    }
}
