namespace QLearning.Abstractions;

/// <summary>What an agent does now: <c>agent_states.status</c> in lower case.</summary>
public enum AgentStatus
{
    /// <summary>It has neither a session nor a running episode.</summary>
    Idle = 0,

    /// <summary>It is in a session, between two episodes.</summary>
    Active = 1,

    /// <summary>An episode is running.</summary>
    Learning = 2,

    /// <summary>It was paused: it refuses to act and to learn until it is resumed.</summary>
    Paused = 3,

    /// <summary>It reported an error: it refuses to act and to learn until it is resumed.</summary>
    Error = 4,
}
