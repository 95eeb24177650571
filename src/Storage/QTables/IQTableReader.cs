using QLearning.Abstractions;

namespace QLearning.Storage.QTables;

/// <summary>Reads Q-values for the owner of a partition.</summary>
public interface IQTableReader
{
    /// <summary>Whether there are more states in a partition than <paramref name="states"/>.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="states">The limit.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<bool> HasMoreStatesThanAsync(TablePartition partition, int states, CancellationToken cancellationToken);

    /// <summary>Reads every live row of a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="onRow">Takes each row; equal descriptions of an action are one text in memory.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task LoadAllAsync(TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken);

    /// <summary>Reads the live rows of some states.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="states">The states.</param>
    /// <param name="onRow">Takes each row.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task LoadStatesAsync(
        string agentType, IReadOnlyCollection<StateKey> states, Action<StoredQValue> onRow, CancellationToken cancellationToken);

    /// <summary>The next states of a partition, those without a live row included, in the order of the database's index.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="after">What the page before ended with; empty: the first page.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    Task<StatePage> ListStatesAsync(TablePartition partition, string after, CancellationToken cancellationToken);
}
