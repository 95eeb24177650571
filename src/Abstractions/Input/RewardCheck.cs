namespace QLearning.Abstractions.Input;

/// <summary>Late rewards.</summary>
internal static class RewardCheck
{
    private const string AllowedIds = "an id of its own for each reward";

    /// <exception cref="InvalidInputException">There are too many, two have one id, or something in one is not allowed.</exception>
    public static void Rewards(DelayedReward[]? rewards)
    {
        InputCheck.Batch("delayed rewards", rewards);
        var ids = new HashSet<Guid>();
        foreach (var reward in rewards)
        {
            Reward(reward);
            InputCheck.OwnId("reward id", "rewards", reward.Id, ids, AllowedIds);
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(RewardQuery? query)
    {
        InputCheck.Present("query", query, "an agent type with what else is wanted");
        AgentTypeKey.For(query.AgentType);
        if (query.State is { } state)
        {
            QTableCheck.State(state);
        }

        if (query.Action is { } action)
        {
            QTableCheck.Action(new AgentAction(action));
        }

        InputCheck.Range("limit", query.Limit, 1, QLimits.MaxRows);
    }

    private static void Reward(DelayedReward? reward)
    {
        InputCheck.Present("delayed reward", reward, "a reward with its state and action");
        InputCheck.Id("reward id", reward.Id, AllowedIds);
        QTableCheck.State(reward.State);
        QTableCheck.Action(new AgentAction(reward.Action));
        QTableCheck.Value("reward", reward.Reward);
        InputCheck.OptionalText("reward source", reward.Source, QLimits.MaxSourceCharacters);
    }
}
