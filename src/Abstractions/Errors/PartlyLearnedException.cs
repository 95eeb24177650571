namespace QLearning.Abstractions;

/// <summary>
/// A call with updates of states in several partitions: those in some partitions were learned, those in others were refused. Within one
/// partition all of a call is learned, or none.
/// </summary>
[GenerateSerializer]
[Alias("QLearning.PartlyLearned")]
public sealed class PartlyLearnedException : QLearningException
{
    /// <summary>Says which updates were not learned.</summary>
    /// <param name="notLearned">Their places in the call, ascending.</param>
    /// <param name="count">How many updates the call had.</param>
    /// <param name="cause">Why.</param>
    public PartlyLearnedException(int[] notLearned, int count, QLearningException cause)
        : base(Describe(notLearned, count, cause), cause) => NotLearned = notLearned;

    /// <summary>The places in the call of the updates that were not learned, ascending. Send only these again.</summary>
    [Id(0)]
    public IReadOnlyList<int> NotLearned { get; private set; }

    private static string Describe(int[] notLearned, int count, QLearningException cause)
    {
        ArgumentNullException.ThrowIfNull(notLearned);
        ArgumentNullException.ThrowIfNull(cause);
        return FormattableString.Invariant(
            $"{count - notLearned.Length} of {count} updates were learned; those that other partitions own were not: {cause.Message}");
    }
}
