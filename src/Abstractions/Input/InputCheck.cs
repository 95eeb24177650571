using QLearning.Abstractions.Json;

namespace QLearning.Abstractions.Input;

/// <summary>What is wrong with a call is found here before anything changes: by the grains, and by a client that sends a batch to several of them.</summary>
internal static class InputCheck
{
    private const string AllowedKeys = "a key of 1 to 64 characters";

    private static readonly string _allowedValues = FormattableString.Invariant($"a finite number of at most {QLimits.MaxQValue} in size");

    public static void State(StateKey state)
    {
        if (state.IsEmpty)
        {
            throw InvalidInputException.For("state key", string.Empty, "it is empty", AllowedKeys);
        }
    }

    public static void State(State state)
    {
        State(state.Key);
        Json("state", state.Json);
    }

    public static void States(StateKey[] states)
    {
        BatchSize("states", states);
        foreach (var state in states)
        {
            State(state);
        }
    }

    public static void Select(SelectActionRequest request)
    {
        if (request is null)
        {
            throw InvalidInputException.For("request", null, "it is missing", "a state with its candidates");
        }

        State(request.State);
        if (request.ExplorationRate is { } rate && rate is not (>= 0 and <= 1))
        {
            throw InvalidInputException.For("exploration rate", rate, "it is no probability", "0 to 1");
        }

        Candidates(request.Candidates);
    }

    public static void Candidates(IReadOnlyList<AgentAction> candidates)
    {
        if (candidates is null || candidates.Count > QLimits.MaxCandidates)
        {
            throw InvalidInputException.For(
                "number of candidates", candidates?.Count, "it is too large or missing", $"at most {QLimits.MaxCandidates}");
        }

        foreach (var candidate in candidates)
        {
            Action(candidate);
        }
    }

    public static void Transition(Transition transition)
    {
        if (transition is null)
        {
            throw InvalidInputException.For("transition", null, "it is missing", "a transition");
        }

        State(transition.State);
        Action(transition.Action);
        Value("reward", transition.Reward);
        if (transition.NextState is { } next)
        {
            State(next.Key);
        }
        else if (!transition.Done)
        {
            throw InvalidInputException.For("next state", null, "it is missing although the episode is not done", "a state, or done");
        }

        if (transition.NextAction is { } nextAction)
        {
            Action(nextAction);
        }

        NextActions(transition.NextActions);
        if (transition.LearningRate is { } rate && rate is not (> 0 and <= 1))
        {
            throw InvalidInputException.For("learning rate", rate, "it is out of range", "above 0 up to 1");
        }

        if (transition.ExplorationRate is { } exploration && exploration is not (>= 0 and <= 1))
        {
            throw InvalidInputException.For("exploration rate", exploration, "it is no probability", "0 to 1");
        }
    }

    public static void NextActions(IReadOnlyList<ActionKey>? actions)
    {
        if (actions is not null && (actions.Count > QLimits.MaxCandidates || actions.Any(action => action.IsEmpty)))
        {
            throw InvalidInputException.For(
                "next actions", actions.Count, "there are too many or one is empty", $"at most {QLimits.MaxCandidates} keys");
        }
    }

    public static void Transitions(Transition[] transitions)
    {
        BatchSize("transitions", transitions);
        foreach (var transition in transitions)
        {
            Transition(transition);
        }
    }

    public static void Upsert(QValueUpsert upsert)
    {
        State(upsert.State);
        Action(upsert.Action);
        Value("Q-value", upsert.Value);
    }

    public static void Upserts(QValueUpsert[] upserts)
    {
        BatchSize("Q-values", upserts);
        foreach (var upsert in upserts)
        {
            Upsert(upsert);
        }
    }

    public static void BatchSize<T>(string what, T[] items)
    {
        if (items is null || items.Length > QLimits.MaxBatch)
        {
            throw InvalidInputException.For($"number of {what}", items?.Length, "it is too large or missing", $"at most {QLimits.MaxBatch}");
        }
    }

    public static void Value(string what, double value)
    {
        if (!(Math.Abs(value) <= QLimits.MaxQValue))
        {
            throw InvalidInputException.For(what, value, "it is not finite or too large", _allowedValues);
        }
    }

    public static void Action(AgentAction action)
    {
        if (action.Key.IsEmpty)
        {
            throw InvalidInputException.For("action key", string.Empty, "it is empty", AllowedKeys);
        }

        Json("action", action.Json);
    }

    public static void Mode(WriteMode mode)
    {
        if (mode is < WriteMode.AgentTypeDefault or > WriteMode.Durable)
        {
            throw InvalidInputException.For("write mode", (int)mode, "it is unknown", "AgentTypeDefault, WriteBehind or Durable");
        }
    }

    private static void Json(string what, string? json)
    {
        if (json is not null)
        {
            JsonText.Check(what, json);
        }
    }
}
