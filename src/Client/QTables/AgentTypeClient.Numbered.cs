using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Updates;

namespace QLearning.Client;

/// <content>
/// Updates whose numbers their caller keeps. Whoever sends one again under its number, from whichever process, learns it once: as long as
/// the caller knows the numbers nothing is lost or counted twice, also when the process that sent it is gone. All are durable when a call
/// returns.
/// </content>
public sealed partial class AgentTypeClient
{
    private readonly NumberBlocks _numbers = new();

    /// <summary>Numbers that are used once only; they count for this agent type, for a day after they were learned.</summary>
    /// <param name="count">How many follow each other from the one in the answer, 1 to <see cref="QLimits.MaxBatch"/>.</param>
    /// <exception cref="InvalidInputException">The count is out of its range.</exception>
    public UpdateId TakeNumbers(int count)
    {
        InputCheck.Range("count of numbers", count, 1, QLimits.MaxBatch);
        return _numbers.Take(count);
    }

    /// <summary>Learns transitions under given numbers, as the other that learns many does; durable when this returns.</summary>
    /// <param name="transitions">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="numbers">The number of the first; the others follow.</param>
    /// <param name="cancellationToken">Ends the waiting; the update may still take effect.</param>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was learned.</exception>
    /// <exception cref="PartlyLearnedException">Some were learned; send all of them again under the same numbers.</exception>
    /// <exception cref="StorageUnavailableException">They may be learned, but are not durable; send them again so.</exception>
    public Task<LearnResult[]> LearnAsync(
        IEnumerable<Transition> transitions, UpdateId numbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        Transition[] batch = [.. transitions];
        UpdateCheck.Transitions(batch);
        return SendAsync(new UpdateGroup { Transitions = batch }, numbers, cancellationToken);
    }

    /// <summary>Stores Q-values under given numbers; durable when this returns.</summary>
    /// <param name="upserts">At most <see cref="QLimits.MaxBatch"/>.</param>
    /// <param name="numbers">The number of the first; the others follow.</param>
    /// <param name="cancellationToken">Ends the waiting; the update may still take effect.</param>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; nothing was stored.</exception>
    /// <exception cref="PartlyLearnedException">Some were stored; send all of them again under the same numbers.</exception>
    /// <exception cref="StorageUnavailableException">They may be learned, but are not durable; send them again so.</exception>
    public Task<LearnResult[]> UpsertAsync(
        IEnumerable<QValueUpsert> upserts, UpdateId numbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(upserts);
        QValueUpsert[] batch = [.. upserts];
        UpdateCheck.Upserts(batch);
        return SendAsync(new UpdateGroup { Upserts = batch }, numbers, cancellationToken);
    }

    private async Task<LearnResult[]> SendAsync(UpdateGroup updates, UpdateId numbers, CancellationToken cancellationToken)
    {
        InputCheck.Id("client id", numbers.ClientId, "an id of the client's own");
        InputCheck.Range("number of the update", numbers.Number, 1, long.MaxValue - QLimits.MaxBatch);
        return updates.Count == 0
            ? []
            : Array.ConvertAll(await _updates.SendNumberedAsync(updates, numbers, cancellationToken), static result => result!.Value);
    }
}
