using QLearning.Abstractions;

namespace QLearning.Client;

/// <summary>
/// The way into a cluster. Thread-safe; one per process is enough. What goes wrong in a call is a <see cref="QLearningException"/>, but for
/// two errors that .NET has: <see cref="ArgumentNullException"/> for an argument that may not be null, and
/// <see cref="OperationCanceledException"/> when the caller's token ended the waiting.
/// </summary>
public interface IQLearningClient
{
    /// <summary>What all agents of a type share.</summary>
    /// <param name="agentType">The agent type, such as <c>test-generator</c>.</param>
    /// <exception cref="InvalidInputException">It is no name of an agent type.</exception>
    AgentTypeClient AgentType(string agentType);

    /// <summary>One agent. The same names give the same object, which knows the agent's running episode.</summary>
    /// <param name="agentType">The agent type, such as <c>test-generator</c>.</param>
    /// <param name="instance">The agent's name, such as <c>tg-1</c>, 1 to 100 characters.</param>
    /// <exception cref="InvalidInputException">A name is not allowed.</exception>
    AgentClient Agent(string agentType, string instance);

    /// <summary>An episode of an agent, for a caller who may ask through another process each time.</summary>
    /// <param name="agentType">The agent type, such as <c>test-generator</c>.</param>
    /// <param name="instance">The agent's name, such as <c>tg-1</c>, 1 to 100 characters.</param>
    /// <param name="id">The episode, an id of its own, not empty.</param>
    /// <exception cref="InvalidInputException">A name is not allowed.</exception>
    EpisodeClient Episode(string agentType, string instance, Guid id);

    /// <summary>The patterns of an agent type.</summary>
    /// <param name="agentType">The agent type, such as <c>test-generator</c>.</param>
    /// <exception cref="InvalidInputException">It is no name of an agent type.</exception>
    PatternLibraryClient Patterns(string agentType);

    /// <summary>Sessions.</summary>
    SessionsClient Sessions { get; }

    /// <summary>The registered agent types: add, change, deactivate.</summary>
    AgentTypesClient AgentTypes { get; }

    /// <summary>Keys of requests that may be repeated through any process.</summary>
    RequestKeysClient RequestKeys { get; }

    /// <summary>Whose an API key is.</summary>
    ApiKeysClient ApiKeys { get; }

    /// <summary>Clean-up and view refresh on demand.</summary>
    MaintenanceClient Maintenance { get; }

    /// <summary>All registered agent types by name.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the call.</param>
    /// <exception cref="QLearningException">The cluster or its database does not answer.</exception>
    Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default);
}
