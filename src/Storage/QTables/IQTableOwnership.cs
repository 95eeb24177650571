using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>Gives the ownership of partitions.</summary>
public interface IQTableOwnership
{
    /// <summary>Takes the ownership of a partition's rows.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="repartition">Whether a table of other partitions is repartitioned: none of its owners writes from then on.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<OwnershipTaken> TakeAsync(TablePartition partition, bool repartition, CancellationToken cancellationToken);
}
