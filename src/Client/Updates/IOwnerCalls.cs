using QLearning.Abstractions;

namespace QLearning.Client.Updates;

/// <summary>
/// The calls of an <see cref="UpdateSender"/> to the owners of partitions. They may be repeated, since every update has its number.
/// </summary>
internal interface IOwnerCalls
{
    /// <summary>How many partitions there are, as far as is known.</summary>
    int Partitions { get; }

    /// <summary>Notes how many there are.</summary>
    void Note(int partitions);

    /// <summary>Reads what the owners of other partitions have of the next states of updates.</summary>
    Task<StateQValues[]> ReadNextStatesAsync(
        IReadOnlyList<UpdateGroup> groups, int partition, int partitions, CancellationToken cancellationToken);

    /// <summary>Has the owner of a partition learn updates.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="batch">The updates.</param>
    /// <param name="updates">The same, to be marked when the call is repeated: the try before may have taken effect.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<UpdateResult> ApplyAsync(
        int partition, UpdateBatch batch, IReadOnlyList<PendingUpdates> updates, CancellationToken cancellationToken);

    /// <summary>Asks the owner of a partition what is durable.</summary>
    Task<Durability> GetDurabilityAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Has the owner of a partition flush.</summary>
    Task FlushAsync(int partition, CancellationToken cancellationToken);
}
