namespace QLearning.Abstractions.Input;

/// <summary>States and actions, and what is asked about them.</summary>
internal static class QTableCheck
{
    private const int MaxToCompare = 16;

    private static string AllowedKeys => FormattableString.Invariant($"a key of 1 to {QLimits.MaxKeyCharacters} characters");

    /// <exception cref="InvalidInputException">The key is empty.</exception>
    public static void State(StateKey state)
    {
        if (state.IsEmpty)
        {
            throw InvalidInputException.For("state key", string.Empty, "it is empty", AllowedKeys);
        }
    }

    /// <exception cref="InvalidInputException">The key is empty, or the JSON not allowed.</exception>
    public static void State(State state)
    {
        State(state.Key);
        InputCheck.OptionalJson("state", state.Json);
    }

    /// <exception cref="InvalidInputException">There are too many, or one is empty.</exception>
    public static void States(StateKey[]? states)
    {
        InputCheck.Batch("states", states);
        foreach (var state in states)
        {
            State(state);
        }
    }

    /// <exception cref="InvalidInputException">The key is empty, or the JSON not allowed.</exception>
    public static void Action(AgentAction action)
    {
        if (action.Key.IsEmpty)
        {
            throw InvalidInputException.For("action key", string.Empty, "it is empty", AllowedKeys);
        }

        InputCheck.OptionalJson("action", action.Json);
    }

    /// <exception cref="InvalidInputException">There are too many, one is not allowed, or two have one key.</exception>
    public static void Candidates(IReadOnlyList<AgentAction>? candidates)
    {
        InputCheck.Count("candidates", candidates, QLimits.MaxCandidates);
        foreach (var candidate in candidates)
        {
            Action(candidate);
        }

        EachOnce("candidate", candidates, static candidate => candidate.Key);
    }

    /// <exception cref="InvalidInputException">There are too many, one is empty, or named twice.</exception>
    public static void NextActions(IReadOnlyList<ActionKey>? actions)
    {
        if (actions is not null && (actions.Count > QLimits.MaxCandidates || actions.Any(action => action.IsEmpty)))
        {
            throw InvalidInputException.For(
                "next actions", actions.Count, "there are too many or one is empty", $"at most {QLimits.MaxCandidates} keys");
        }

        if (actions is not null)
        {
            EachOnce("next action", actions, static action => action);
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Selection(SelectActionRequest? request)
    {
        InputCheck.Present("request", request, "a state with its candidates");
        State(request.State);
        if (request.ExplorationRate is { } rate)
        {
            InputCheck.Fraction("exploration rate", rate);
        }

        Candidates(request.Candidates);
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Forget(ForgetRequest? request)
    {
        InputCheck.Present("request", request, "what is to be forgotten");
        InputCheck.Id("request id", request.Id, "an id of its own for each request");
        if (request.State is { } state)
        {
            State(state);
        }

        if (request.Action is { } action)
        {
            Action(new AgentAction(action));
            InputCheck.Present("state", request.State, "the state of the action that is to be forgotten");
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(StateQuery? query)
    {
        InputCheck.Present("query", query, "an agent type with what else is wanted");
        if (query.Order is < StateOrder.Key or > StateOrder.LeastVisited)
        {
            throw InvalidInputException.For("order", (int)query.Order, "it is unknown", "Key, BestValue or LeastVisited");
        }

        Page(query.AgentType, query.Prefix, query.Limit);
        if (query.After is { } after)
        {
            State(after.State);
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(QValueQuery? query)
    {
        InputCheck.Present("query", query, "an agent type with what else is wanted");
        if (query.Order is < QValueOrder.Key or > QValueOrder.LeastVisited)
        {
            throw InvalidInputException.For("order", (int)query.Order, "it is unknown", "Key, Highest or LeastVisited");
        }

        Page(query.AgentType, query.Prefix, query.Limit);
        if (query.After is { } after)
        {
            State(after.State);
            Action(new AgentAction(after.Action));
        }
    }

    /// <summary>A Q-value, or a reward that is learned from.</summary>
    /// <exception cref="InvalidInputException">It is not finite or too large.</exception>
    public static void Value(string what, double value) => InputCheck.Size(what, value, QLimits.MaxQValue);

    // An action named twice would be chosen twice as often as its propensity says.
    private static void EachOnce<T>(string what, IReadOnlyList<T> actions, Func<T, ActionKey> keyOf)
    {
        // A set costs more than it saves with few actions, which is what most calls have.
        var seen = actions.Count > MaxToCompare ? new HashSet<ActionKey>(actions.Count) : null;
        for (var i = 0; i < actions.Count; i++)
        {
            var key = keyOf(actions[i]);
            if (seen is null ? IsAmong(actions, i, key, keyOf) : !seen.Add(key))
            {
                throw InvalidInputException.For(what, key, "it is named twice", "each action once");
            }
        }
    }

    private static bool IsAmong<T>(IReadOnlyList<T> actions, int first, ActionKey key, Func<T, ActionKey> keyOf)
    {
        for (var i = 0; i < first; i++)
        {
            if (keyOf(actions[i]) == key)
            {
                return true;
            }
        }

        return false;
    }

    /// <exception cref="InvalidInputException">It is unknown.</exception>
    public static void Mode(WriteMode mode)
    {
        if (mode is < WriteMode.AgentTypeDefault or > WriteMode.Durable)
        {
            throw InvalidInputException.For("write mode", (int)mode, "it is unknown", "AgentTypeDefault, WriteBehind or Durable");
        }
    }

    private static void Page(string agentType, string? prefix, int limit)
    {
        AgentTypeKey.For(agentType);
        InputCheck.OptionalText("prefix", prefix, QLimits.MaxKeyCharacters);
        InputCheck.Range("limit", limit, 1, QLimits.MaxRows);
    }
}
