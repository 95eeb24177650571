namespace QLearning.Abstractions;

/// <summary>
/// A call with updates of states in several partitions: what became of them differs. Those in some partitions were learned, those in others
/// were refused, or their owner did not answer. Within one partition it is the same for all of a call.
/// </summary>
[GenerateSerializer]
[Alias("QLearning.PartlyLearned")]
public sealed class PartlyLearnedException : QLearningException
{
    /// <summary>Says which updates were not learned.</summary>
    /// <param name="notLearned">Their places in the call, ascending.</param>
    /// <param name="mayBeLearned">The places of those of which it is not known, ascending.</param>
    /// <param name="count">How many updates the call had.</param>
    /// <param name="cause">Why.</param>
    public PartlyLearnedException(int[] notLearned, int[] mayBeLearned, int count, QLearningException cause)
        : base(Describe(notLearned, mayBeLearned, count, cause), cause) => (NotLearned, MayBeLearned) = (notLearned, mayBeLearned);

    /// <summary>The places in the call of the updates that were not learned, ascending. Send only these again.</summary>
    [Id(0)]
    public IReadOnlyList<int> NotLearned { get; private set; }

    /// <summary>
    /// The places in the call of the updates of which it is not known whether they were learned, ascending, as after a
    /// <see cref="ClusterUnavailableException"/>: each counts at most once, but would count again if it were sent again.
    /// </summary>
    [Id(1)]
    public IReadOnlyList<int> MayBeLearned { get; private set; }

    private static string Describe(int[] notLearned, int[] mayBeLearned, int count, QLearningException cause)
    {
        ArgumentNullException.ThrowIfNull(notLearned);
        ArgumentNullException.ThrowIfNull(mayBeLearned);
        ArgumentNullException.ThrowIfNull(cause);
        var unknown = mayBeLearned.Length == 0
            ? string.Empty
            : FormattableString.Invariant($" {mayBeLearned.Length} may have been learned: do not send them again;");
        return FormattableString.Invariant(
            $"{count - notLearned.Length - mayBeLearned.Length} of {count} updates were learned;{unknown} ")
            + $"those that other partitions own were not: {cause.Message}";
    }
}
