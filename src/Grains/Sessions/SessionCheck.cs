using QLearning.Abstractions;
using QLearning.Abstractions.Json;
using QLearning.Grains.Input;

namespace QLearning.Grains.Sessions;

/// <summary>The door of the session grain.</summary>
internal static class SessionCheck
{
    private const int MaxNameCharacters = 200;
    private const int MaxEnvironmentCharacters = 50;

    public static void Start(SessionStart start)
    {
        if (start is null)
        {
            throw InvalidInputException.For("session", null, "it is missing", "an agent type with name and environment");
        }

        AgentTypeKey.For(start.AgentType);
        TextCheck.Optional("session name", start.Name, MaxNameCharacters);
        TextCheck.Required("environment", start.Environment, MaxEnvironmentCharacters);
        if (start.MetadataJson is { } metadata)
        {
            JsonText.CheckObject("session metadata", metadata);
        }
    }

    public static void End(SessionStatus status)
    {
        if (status is not (SessionStatus.Completed or SessionStatus.Failed or SessionStatus.Cancelled))
        {
            throw InvalidInputException.For("session status", status, "it is no end of a session", "Completed, Failed or Cancelled");
        }
    }

    /// <exception cref="InvalidInputException">The session is of another agent type, or has ended.</exception>
    public static void Require(SessionInfo session, string agentType)
    {
        if (session.AgentType != agentType)
        {
            throw InvalidInputException.For(
                "session", session.Id, $"it belongs to the agent type '{session.AgentType}'", $"a session of '{agentType}'");
        }

        if (session.Status != SessionStatus.Active)
        {
            throw InvalidInputException.For("session", session.Id, $"it has ended ({session.Status})", "a running session");
        }
    }
}
