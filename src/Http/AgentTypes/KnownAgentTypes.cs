using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Http.AgentTypes;

/// <summary>
/// Finds the client of an agent type that is registered. The cluster's client keeps one for each name that it is ever asked for: names that
/// callers made up must not fill its memory.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">When the list was read.</param>
internal sealed class KnownAgentTypes(IQLearningClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private HashSet<string> _names = [];
    private long? _readAt;

    /// <exception cref="InvalidInputException">It is no name of an agent type.</exception>
    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public ValueTask<AgentTypeClient> GetAsync(string agentType, CancellationToken cancellationToken) =>
        _names.Contains(agentType) ? new(client.AgentType(agentType)) : new(FindAsync(agentType, cancellationToken));

    /// <summary>The agent of a registered type.</summary>
    public async ValueTask<AgentClient> AgentAsync(string agentType, string agent, CancellationToken cancellationToken)
    {
        await RequireAsync(agentType, cancellationToken);
        return client.Agent(agentType, agent);
    }

    /// <summary>The patterns of a registered type.</summary>
    public async ValueTask<PatternLibraryClient> PatternsAsync(string agentType, CancellationToken cancellationToken)
    {
        await RequireAsync(agentType, cancellationToken);
        return client.Patterns(agentType);
    }

    /// <exception cref="UnknownAgentTypeException">It is not registered.</exception>
    public async ValueTask RequireAsync(string agentType, CancellationToken cancellationToken) =>
        await GetAsync(agentType, cancellationToken);

    /// <summary>Notes a type that was registered just now: its agents can act at once, whenever the names were read.</summary>
    public async Task AddAsync(string agentType)
    {
        // A reading that began before might not have it.
        await _reading.WaitAsync(CancellationToken.None);
        _names = [.. _names, agentType];
        _reading.Release();
    }

    /// <summary>No request is served any more.</summary>
    public void Dispose() => _reading.Dispose();

    private async Task<AgentTypeClient> FindAsync(string agentType, CancellationToken cancellationToken)
    {
        _ = AgentTypeKey.For(agentType);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!_names.Contains(agentType) && (_readAt is not { } readAt || time.GetElapsedTime(readAt) >= _pause))
            {
                var types = await client.GetAgentTypesAsync(cancellationToken);
                (_names, _readAt) = ([.. types.Select(type => type.AgentType)], time.GetTimestamp());
            }
        }
        finally
        {
            _reading.Release();
        }

        return _names.Contains(agentType) ? client.AgentType(agentType) : throw UnknownAgentTypeException.For(agentType);
    }
}
