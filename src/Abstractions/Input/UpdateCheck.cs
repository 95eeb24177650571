namespace QLearning.Abstractions.Input;

/// <summary>Updates of Q-values, as a caller sends them and in numbered batches.</summary>
internal static class UpdateCheck
{
    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Transition(Transition? transition)
    {
        InputCheck.Present("transition", transition, "a transition");
        QTableCheck.State(transition.State);
        QTableCheck.Action(transition.Action);
        QTableCheck.Value("reward", transition.Reward);
        if (transition.NextState is { } next)
        {
            QTableCheck.State(next.Key);
        }
        else if (!transition.Done)
        {
            throw InvalidInputException.For("next state", null, "it is missing although the task is not done", "a state, or done");
        }

        if (transition.NextAction is { } nextAction)
        {
            QTableCheck.Action(nextAction);
        }

        QTableCheck.NextActions(transition.NextActions);
        if (transition.LearningRate is { } rate)
        {
            InputCheck.AboveZero("learning rate", rate, 1);
        }

        if (transition.ExplorationRate is { } exploration)
        {
            InputCheck.Fraction("exploration rate", exploration);
        }
    }

    /// <exception cref="InvalidInputException">There are too many, or something in one is not allowed.</exception>
    public static void Transitions(Transition[]? transitions)
    {
        InputCheck.Batch("transitions", transitions);
        Array.ForEach(transitions, Transition);
    }

    /// <exception cref="InvalidInputException">There are too many, or something in one is not allowed.</exception>
    public static void Upserts(QValueUpsert[]? upserts)
    {
        InputCheck.Batch("Q-values", upserts);
        foreach (ref readonly var upsert in upserts.AsSpan())
        {
            QTableCheck.State(upsert.State);
            QTableCheck.Action(upsert.Action);
            QTableCheck.Value("Q-value", upsert.Value);
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Batch(UpdateBatch? batch)
    {
        InputCheck.Present("batch of updates", batch, "updates of one client");
        InputCheck.Id("client id", batch.ClientId, "an id of the client's own");
        if (batch.SettledBelow < 1)
        {
            throw InvalidInputException.For("settled number", batch.SettledBelow, "it is too small", "1 or more");
        }

        QTableCheck.Mode(batch.Mode);
        InputCheck.Batch("groups", batch.Groups);
        if (batch.Groups.Length == 0)
        {
            throw InvalidInputException.For("number of groups", 0, "there are no updates", "at least one");
        }

        Array.ForEach(batch.Groups, Group);
        if (batch.Groups.Sum(group => group.Count) is > QLimits.MaxBatch and var count)
        {
            throw InvalidInputException.For("number of updates", count, "it is too large", $"at most {QLimits.MaxBatch}");
        }

        NextStates(batch.NextStates);
    }

    private static void Group(UpdateGroup? group)
    {
        InputCheck.Present("group", group, "updates of one kind");
        Transitions(group.Transitions);
        Upserts(group.Upserts);
        RewardCheck.Rewards(group.Rewards);
        var largest = Math.Max(group.Transitions.Length, Math.Max(group.Upserts.Length, group.Rewards.Length));
        if (group.Count == 0 || largest != group.Count)
        {
            throw InvalidInputException.For(
                "updates", group.Count, "there are none, or several kinds", "updates of one kind, at least one");
        }

        if (group.Numbers is { } numbers && numbers.Length != group.Count)
        {
            throw InvalidInputException.For("numbers of the updates", numbers.Length, "there is not one for each", $"{group.Count}");
        }

        var last = 0L;
        for (var i = 0; i < group.Count; i++)
        {
            last = group.NumberAt(i) > last
                ? group.NumberAt(i)
                : throw InvalidInputException.For(
                    "number of the update", group.NumberAt(i), "it is too small", "1 or more, each larger than the one before");
        }
    }

    private static void NextStates(StateQValues[]? states)
    {
        InputCheck.Batch("next states", states);
        foreach (var (state, values) in states)
        {
            QTableCheck.State(state);
            InputCheck.Batch("Q-values", values);
            foreach (var value in values)
            {
                QTableCheck.Action(new AgentAction(value.Action, value.ActionJson));
                QTableCheck.Value("Q-value", value.Value);
            }
        }
    }
}
