using QLearning.Abstractions;
using QLearning.Grains.Input;
using QLearning.Storage.AgentTypes;

namespace QLearning.Grains.AgentTypes;

/// <summary>The door of the registry.</summary>
internal static class AgentTypeCheck
{
    private const int MaxNameCharacters = 100;
    private const int MaxDescriptionCharacters = 10_000;
    private const int MaxDimensions = 1_000_000;
    private const double SmallestLearningRate = 0.0001;

    public static void One(AgentTypeInfo type)
    {
        if (type?.Settings is null)
        {
            throw InvalidInputException.For("agent type", type?.AgentType, "it or its settings are missing", "an agent type with its settings");
        }

        // AgentKey too forbids '/', since it ends the type in the name of an agent.
        AgentKey.For(type.AgentType, "agent");
        TextCheck.Required("display name", type.DisplayName, MaxNameCharacters);
        TextCheck.Optional("description", type.Description, MaxDescriptionCharacters);
        // The column has four decimals: less would be stored as 0, which learns nothing.
        Number("learning rate", type.LearningRate, SmallestLearningRate, 1);
        Number("discount factor", type.DiscountFactor, 0, 1);
        Number("exploration rate", type.ExplorationRate, 0, 1);
        Number("minimum exploration rate", type.MinExplorationRate, 0, type.ExplorationRate);
        Number("exploration decay", type.ExplorationDecay, 0, 1);
        Number("number of state dimensions", type.StateSpaceDimensions, 1, MaxDimensions);
        Number("number of action dimensions", type.ActionSpaceDimensions, 1, MaxDimensions);
        AgentTypeMetadata.Check(type.AgentType, type.Settings);
    }

    private static void Number(string what, double number, double least, double most)
    {
        if (!(number >= least && number <= most))
        {
            throw InvalidInputException.For(what, number, "it is out of range", FormattableString.Invariant($"{least} to {most}"));
        }
    }
}
