namespace QLearning.Abstractions;

/// <summary>
/// The grain that was asked does not own the state, or its partition is no more: nothing was changed. Ask the owner, which follows from the
/// state's key and <see cref="Partitions"/>.
/// </summary>
[GenerateSerializer]
[Alias("QLearning.NotOwner")]
public sealed class NotOwnerException : FencedException
{
    /// <summary>Says how many partitions there are.</summary>
    /// <param name="asked">The grain that was asked.</param>
    /// <param name="partitions">How many partitions the Q-table has, as far as that grain knows.</param>
    public NotOwnerException(AgentTypeKey asked, int partitions)
        : base(
            $"'{asked}' does not own what it was asked for: the Q-table of '{asked.AgentType}' has {partitions} partitions. "
            + "Ask the owner.") =>
        Partitions = partitions;

    /// <summary>How many partitions the Q-table has, as far as the grain that was asked knows.</summary>
    [Id(0)]
    public int Partitions { get; private set; }
}
