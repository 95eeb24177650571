using QLearning.Abstractions;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.QTables;

/// <summary>Reads which numbered updates of which client are stored.</summary>
public interface IClientWindowReader
{
    /// <summary>Reads the window of each client.</summary>
    /// <param name="owner">The grain that owns the partition.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<IReadOnlyList<ClientWindowWrite>> ReadAsync(AgentTypeKey owner, CancellationToken cancellationToken);
}
