namespace QLearning.Grains.Partitions;

/// <summary>What the owners of one Q-table's partitions ask of each other when it is repartitioned.</summary>
[Alias("QLearning.ITablePartitionGrain")]
internal interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Writes all changes and releases the rows, unless they were taken as the table is partitioned now.</summary>
    /// <param name="partitions">How many partitions the table has now.</param>
    /// <exception cref="Abstractions.StorageUnavailableException">PostgreSQL does not take the changes.</exception>
    [Alias("LetGo")]
    Task Release(int partitions);
}
