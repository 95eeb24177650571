using QLearning.Abstractions;

namespace QLearning.Grains.Partitions;

/// <summary>What the grains that own the parts of one Q-table ask of each other.</summary>
[Alias("QLearning.ITablePartitionGrain")]
internal interface ITablePartitionGrain : IGrainWithStringKey
{
    /// <summary>Writes what waits and lets the rows go, unless the table was loaded as it is split now.</summary>
    /// <param name="count">Into how many parts it is split now.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL does not take what waits.</exception>
    [Alias("LetGo")]
    Task LetGo(int count);

    /// <summary>Learns delayed rewards of states of this part; durable before the answer.</summary>
    /// <param name="rewards">Checked rewards.</param>
    [Alias("LearnDelayed")]
    Task<LearnResult[]> LearnDelayed(DelayedReward[] rewards);
}
