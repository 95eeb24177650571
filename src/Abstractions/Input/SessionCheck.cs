namespace QLearning.Abstractions.Input;

/// <summary>Sessions: how they start and end, and which one an episode may belong to.</summary>
internal static class SessionCheck
{
    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Start(Guid id, SessionStart? start)
    {
        InputCheck.Id("session id", id, "an id of its own for each session");
        InputCheck.Present("session", start, "an agent type with name and environment");
        AgentTypeKey.For(start.AgentType);
        InputCheck.OptionalText("session name", start.Name, QLimits.MaxSessionNameCharacters);
        InputCheck.Text("environment", start.Environment, QLimits.MaxEnvironmentCharacters);
        InputCheck.OptionalObject("session metadata", start.MetadataJson);
    }

    /// <exception cref="InvalidInputException">It is no end of a session.</exception>
    public static void End(SessionStatus status)
    {
        if (status is not (SessionStatus.Completed or SessionStatus.Failed or SessionStatus.Cancelled))
        {
            throw InvalidInputException.For("session status", status, "it is no end of a session", "Completed, Failed or Cancelled");
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(SessionQuery? query)
    {
        InputCheck.Present("query", query, "which sessions are wanted; an empty one asks for all");
        if (query.AgentType is { } agentType)
        {
            AgentTypeKey.For(agentType);
        }

        InputCheck.Count("session statuses", query.Statuses, Enum.GetValues<SessionStatus>().Length);
        foreach (var status in query.Statuses)
        {
            if (status is < SessionStatus.Active or > SessionStatus.Cancelled)
            {
                throw InvalidInputException.For(
                    "session status", (int)status, "it is unknown", "Active, Completed, Failed or Cancelled");
            }
        }

        InputCheck.Range("limit", query.Limit, 1, QLimits.MaxRows);
    }

    /// <exception cref="InvalidInputException">The session is of another agent type.</exception>
    public static void Belongs(SessionInfo session, string agentType)
    {
        if (session.AgentType != agentType)
        {
            throw InvalidInputException.For(
                "session", session.Id, $"it belongs to the agent type '{session.AgentType}'", $"a session of '{agentType}'");
        }
    }

    /// <exception cref="InvalidInputException">The session is of another agent type, or has ended.</exception>
    public static void Runs(SessionInfo session, string agentType)
    {
        Belongs(session, agentType);
        if (session.Status != SessionStatus.Active)
        {
            throw InvalidInputException.For("session", session.Id, $"it has ended ({session.Status})", "a running session");
        }
    }
}
