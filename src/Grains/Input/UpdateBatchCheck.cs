using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Rewards;

namespace QLearning.Grains.Input;

/// <summary>Checks batches of numbered updates before anything changes.</summary>
internal static class UpdateBatchCheck
{
    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void All(UpdateBatch batch)
    {
        if (batch is null)
        {
            throw InvalidInputException.For("updates", null, "they are missing", "a batch of updates");
        }

        if (batch.ClientId == Guid.Empty)
        {
            throw InvalidInputException.For("client id", batch.ClientId, "it is empty", "an id of the client's own");
        }

        if (batch.SettledBelow < 1)
        {
            throw InvalidInputException.For("settled number", batch.SettledBelow, "it is too small", "1 or more");
        }

        InputCheck.Mode(batch.Mode);
        InputCheck.BatchSize("groups", batch.Groups);
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

    private static void Group(UpdateGroup group)
    {
        if (group is null)
        {
            throw InvalidInputException.For("group", null, "it is missing", "updates of one kind");
        }

        InputCheck.Transitions(group.Transitions);
        InputCheck.Upserts(group.Upserts);
        DelayedRewardCheck.All(group.Rewards);
        if (group.Count == 0 || (group.Transitions.Length != group.Count && group.Upserts.Length != group.Count && group.Rewards.Length != group.Count))
        {
            throw InvalidInputException.For("updates", group.Count, "there are none, or several kinds", "updates of one kind, at least one");
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
                : throw InvalidInputException.For("number of the update", group.NumberAt(i), "it is too small", "1 or more, each larger than the one before");
        }
    }

    private static void NextStates(StateQValues[] states)
    {
        InputCheck.BatchSize("next states", states);
        foreach (var (state, values) in states)
        {
            InputCheck.State(state);
            InputCheck.BatchSize("Q-values", values);
            foreach (var value in values)
            {
                InputCheck.Action(new AgentAction(value.Action, value.ActionJson));
                InputCheck.Value("Q-value", value.Value);
            }
        }
    }
}
