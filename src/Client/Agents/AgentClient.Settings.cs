using QLearning.Abstractions;

namespace QLearning.Client;

/// <content>How an agent's rates are changed, and how the agent ends.</content>
public sealed partial class AgentClient
{
    /// <summary>
    /// Changes the agent's ε, its lowest ε, its decay of ε or its α; what is null stays. They hold from the next step on.
    /// </summary>
    /// <param name="change">The new rates.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentException">It was neither registered nor has it acted.</exception>
    public Task<AgentInfo> ChangeRatesAsync(AgentRegistration change, CancellationToken cancellationToken = default) =>
        CallAsync(() => _grain.ChangeRates(change), cancellationToken);

    /// <summary>Sets ε to where its type's agents begin, and has the agent follow its type's other rates again.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentException">It was neither registered nor has it acted.</exception>
    public Task<AgentInfo> ResetRatesAsync(CancellationToken cancellationToken = default) =>
        CallAsync(_grain.ResetRates, cancellationToken);

    /// <summary>
    /// Deletes the agent with its trajectories and their rewards; an episode under way is dropped. Its type's Q-values stay: what it
    /// learned is shared. An agent of this name that acts later is a new one.
    /// </summary>
    /// <param name="isDryRun">True: nothing is deleted, only counted.</param>
    /// <param name="cancellationToken">Ends the waiting; it may still be deleted.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownAgentException">It was neither registered nor has it acted.</exception>
    /// <exception cref="AgentStateException">Another call of the agent is under way; nothing was deleted.</exception>
    public async Task<IReadOnlyList<DeletedRows>> DeleteAsync(bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        if (isDryRun)
        {
            return await CallAsync(() => _grain.Delete(true), cancellationToken);
        }

        // A call under way would bring the episode back after it was dropped.
        using var turn = _turn.Begin("being deleted");
        Continue(null);
        return await _calls.RepeatableChangeAsync($"delete '{Key}'", () => _grain.Delete(false), cancellationToken);
    }
}
