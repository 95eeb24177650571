using QLearning.Abstractions;

namespace QLearning.Client;

/// <content>
/// What is no longer to be known. Forgotten Q-values are gone from memory and from PostgreSQL when a call returns, and what was learned of
/// them before does not come back (docs/durability.md says what exactly holds). What is learned afterwards begins anew.
/// </content>
public sealed partial class AgentTypeClient
{
    /// <summary>Forgets a state, or one action in it.</summary>
    /// <param name="state">The state's key.</param>
    /// <param name="action">The action; null: all that were learned in the state.</param>
    /// <param name="isDryRun">True: nothing is forgotten, only counted.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be forgotten.</param>
    /// <returns>
    /// How many Q-values; fewer than there were when the answer to a try was lost, and 0 when nothing is known of the state.
    /// </returns>
    public async Task<long> ForgetAsync(
        StateKey state, ActionKey? action = null, bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        var request = new ForgetRequest { State = state, Action = action, IsDryRun = isDryRun };
        return await _updates.ForgetAsync(
            async () => (await ReadAsync(() => _router.Owner(state).Forget(request), cancellationToken)).QValues ?? 0,
            (ofState, ofAction) => !isDryRun && ofState == state && (action is null || ofAction == action),
            cancellationToken);
    }

    /// <summary>Forgets all Q-values of the type; its settings, agents, sessions, trajectories and patterns stay.</summary>
    /// <param name="isDryRun">True: nothing is forgotten, only counted.</param>
    /// <param name="cancellationToken">Ends the waiting; what was begun goes on.</param>
    /// <returns>How many Q-values.</returns>
    public Task<long> ResetAsync(bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        var request = new ForgetRequest { IsDryRun = isDryRun };
        return _updates.ForgetAsync(() => ForgetAllAsync(request, cancellationToken), (_, _) => !isDryRun, cancellationToken);
    }

    private async Task<long> ForgetAllAsync(ForgetRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Each try asks the owners that are known by then: of those before some may be no more.
            var all = await ReadAsync(() => new ValueTask<ForgetResult[]>(ForgetAllAsync(_router.Owners, request)), cancellationToken);
            Array.ForEach(all, own => _router.Note(own.Partitions));
            if (_router.Owners.Length == all.Length && Array.TrueForAll(all, own => own.QValues is not null))
            {
                return all.Sum(own => own.QValues!.Value);
            }
        }
    }

    private static async Task<ForgetResult[]> ForgetAllAsync(IAgentTypeGrain[] owners, ForgetRequest request)
    {
        Task<ForgetResult>[] asked = [.. owners.Select(owner => owner.Forget(request).AsTask())];
        try
        {
            return await Task.WhenAll(asked);
        }
        catch (StorageUnavailableException error) when (!request.IsDryRun && Array.Exists(asked, MayHaveForgotten))
        {
            throw new StorageUnavailableException(error.Message, error) { MayHaveTakenEffect = true };
        }
    }

    private static bool MayHaveForgotten(Task<ForgetResult> owner) => owner.IsCompletedSuccessfully
        || owner.Exception?.InnerException is StorageUnavailableException { MayHaveTakenEffect: true };
}
