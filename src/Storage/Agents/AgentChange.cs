using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>
/// A change of an agent's status, session or error. What it does not name stays as the row has it, since SQL programs write there too.
/// </summary>
public sealed record AgentChange
{
    private AgentChange(AgentStatus status) => Status = status;

    /// <summary>The status.</summary>
    public AgentStatus Status { get; }

    /// <summary>Whether a pause or an error that the row has stays.</summary>
    public bool KeepsStop { get; private init; }

    /// <summary>The names in metadata that are removed or written anew.</summary>
    internal string[] Names { get; private init; } = [];

    /// <summary>What is written there.</summary>
    internal AgentMetadata Metadata { get; private init; } = new();

    /// <summary>It enters a session, or leaves the one it is in.</summary>
    /// <param name="id">The session; null: none.</param>
    public static AgentChange OfSession(Guid? id) => new(id is null ? AgentStatus.Idle : AgentStatus.Active)
    {
        KeepsStop = true,
        Names = ["sessionId"],
        Metadata = new AgentMetadata { SessionId = id },
    };

    /// <summary>It is paused.</summary>
    public static AgentChange OfPause() => new(AgentStatus.Paused);

    /// <summary>It failed.</summary>
    /// <param name="error">What happened.</param>
    public static AgentChange OfError(string error) => new(AgentStatus.Error)
    {
        Names = ["error"],
        Metadata = new AgentMetadata { Error = error },
    };

    /// <summary>Its pause or error ends.</summary>
    /// <param name="status">What it does now.</param>
    public static AgentChange OfResuming(AgentStatus status) => new(status) { Names = ["error"] };
}
