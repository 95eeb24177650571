using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>Reads which numbered updates of which client are stored.</summary>
public interface IClientWindowReader
{
    /// <summary>Reads the window of each client.</summary>
    /// <param name="owner">The grain that owns the partition.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<IReadOnlyList<ClientWindow>> ReadAsync(AgentTypeKey owner, CancellationToken cancellationToken);
}
