using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Input;

namespace QLearning.Grains.Rewards;

/// <summary>The door for delayed rewards.</summary>
internal static class DelayedRewardCheck
{
    private const int MaxSourceCharacters = 100;

    public static void All(DelayedReward[] rewards)
    {
        InputCheck.BatchSize("delayed rewards", rewards);
        var ids = new HashSet<Guid>();
        foreach (var reward in rewards)
        {
            One(reward);
            if (!ids.Add(reward.Id))
            {
                throw InvalidInputException.For("reward id", reward.Id, "two rewards of the call have it", "an id of its own for each reward");
            }
        }
    }

    private static void One(DelayedReward reward)
    {
        if (reward is null)
        {
            throw InvalidInputException.For("delayed reward", null, "it is missing", "a reward with its state and action");
        }

        if (reward.Id == Guid.Empty)
        {
            throw InvalidInputException.For("reward id", reward.Id, "it is empty", "an id of its own for each reward");
        }

        InputCheck.State(reward.State);
        InputCheck.Action(new AgentAction(reward.Action));
        InputCheck.Value("reward", reward.Reward);
        TextCheck.Optional("reward source", reward.Source, MaxSourceCharacters);
    }
}
