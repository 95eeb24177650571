using QLearning.Abstractions;

namespace QLearning.Client;

/// <content>
/// What is stored of the agent type, a page at a time. Pages are read from PostgreSQL: what was learned last is in them within the flush
/// interval, or after <see cref="FlushAsync"/>.
/// </content>
public sealed partial class AgentTypeClient
{
    /// <summary>The agents of the type by name, a page at a time, as they are stored.</summary>
    /// <param name="query">Which ones; its agent type is this one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<AgentPage> GetAgentsAsync(AgentQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var own = query with { AgentType = _agentType };
        return _calls.RepeatableAsync($"list the agents of '{_agentType}'", () => _history.ListAgents(own), cancellationToken);
    }

    /// <summary>Stored rewards by trajectory, session, state and action, the newest first, a page at a time.</summary>
    /// <param name="query">Which ones; its agent type is this one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<RewardPage> GetRewardsAsync(RewardQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var own = query with { AgentType = _agentType };
        return _calls.RepeatableAsync($"list rewards of '{_agentType}'", () => _history.ListRewards(own), cancellationToken);
    }

    /// <summary>States by key, best Q-value or fewest visits, a page at a time.</summary>
    /// <param name="query">Which ones, in which order; its agent type is this one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<StatesPage> GetStatesAsync(StateQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var own = query with { AgentType = _agentType };
        return _calls.RepeatableAsync($"list states of '{_agentType}'", () => _history.ListStates(own), cancellationToken);
    }

    /// <summary>The Q-table, a page at a time: by key, the highest Q-values first, or those learned least often first.</summary>
    /// <param name="query">Which ones, in which order; its agent type is this one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<QValuePage> GetQTableAsync(QValueQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var own = query with { AgentType = _agentType };
        return _calls.RepeatableAsync($"list Q-values of '{_agentType}'", () => _history.ListQValues(own), cancellationToken);
    }

    /// <summary>The highest Q-values of the type.</summary>
    /// <param name="count">1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<ListedQValue>> GetTopQValuesAsync(int count = 10, CancellationToken cancellationToken = default)
    {
        var query = new QValueQuery { AgentType = _agentType, Order = QValueOrder.Highest, Limit = count };
        return (await GetQTableAsync(query, cancellationToken)).QValues;
    }
}
