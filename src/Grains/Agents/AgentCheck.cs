using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.Input;

namespace QLearning.Grains.Agents;

/// <summary>The door of the agent grain.</summary>
internal static class AgentCheck
{
    private const int MaxTaskCharacters = 100;
    private const int MaxSourceCharacters = 100;
    private const int MaxErrorCharacters = 1_000;
    private const int MaxMessageCharacters = 256 * 1024;
    private const int MaxPatterns = 100;
    private const double MinLearningRate = 0.0001;

    public static void Registration(AgentRegistration registration)
    {
        if (registration is null)
        {
            throw InvalidInputException.For("registration", null, "it is missing", "an agent's settings; an empty one takes the type's");
        }

        Probability("exploration rate", registration.ExplorationRate);
        Probability("minimum exploration rate", registration.MinExplorationRate);
        Probability("exploration decay", registration.ExplorationDecay);
        if (registration.LearningRate is { } rate && rate is not (>= MinLearningRate and <= 1))
        {
            throw InvalidInputException.For("learning rate", rate, "it is out of range", "0.0001 to 1");
        }
    }

    public static void Decision(AgentDecisionRequest request)
    {
        if (request is null)
        {
            throw InvalidInputException.For("request", null, "it is missing", "an episode and a state with its candidates");
        }

        Episode(request.EpisodeId);
        InputCheck.State(request.State);
        InputCheck.Candidates(request.Candidates);
        if (request.Step is < 0 or > QLimits.MaxBatch)
        {
            throw InvalidInputException.For("step", request.Step, "it is out of range", $"0 to {QLimits.MaxBatch}");
        }

        if (request.TaskId is { } task)
        {
            TextCheck.Required("task id", task, MaxTaskCharacters);
        }
    }

    public static void Observation(Observation observation)
    {
        if (observation is null)
        {
            throw InvalidInputException.For("observation", null, "it is missing", "a reward and a next state");
        }

        Episode(observation.EpisodeId);
        InputCheck.Value("reward", observation.Reward);
        InputCheck.State(observation.NextState);
        InputCheck.NextActions(observation.NextActions);
        TextCheck.Optional("error message", observation.ErrorMessage, MaxMessageCharacters);
        TextCheck.Optional("reward source", observation.RewardSource, MaxSourceCharacters);
        if (observation.PatternsUsed is null || observation.PatternsUsed.Count > MaxPatterns)
        {
            throw InvalidInputException.For(
                "number of patterns used", observation.PatternsUsed?.Count, "there are too many or the list is missing", $"at most {MaxPatterns}");
        }
    }

    public static void Snapshot(EpisodeSnapshot episode)
    {
        if (episode?.Steps is null || episode.Steps.Count > QLimits.MaxBatch)
        {
            throw InvalidInputException.For(
                "number of steps", episode?.Steps?.Count, "there are too many or they are missing", $"at most {QLimits.MaxBatch}");
        }

        Episode(episode.EpisodeId);
        TextCheck.Required("task id", episode.TaskId, MaxTaskCharacters);
        foreach (var step in episode.Steps)
        {
            InputCheck.State(step.State);
            InputCheck.Action(step.Action);
            InputCheck.Value("reward", step.Reward);
        }

        if (episode.Acting is { } acting)
        {
            InputCheck.State(acting.State);
            InputCheck.Action(acting.Action);
        }

        if (episode.Unlearned is { } unlearned)
        {
            InputCheck.State(unlearned.Key);
            if (episode.Steps.Count == 0)
            {
                throw InvalidInputException.For("state after an unlearned step", unlearned, "there is no step", "a step before it");
            }
        }

        if (episode.NewQValues < 0 || episode.NewQValues > episode.Steps.Count)
        {
            throw InvalidInputException.For("number of new Q-values", episode.NewQValues, "it is out of range", "0 to the number of steps");
        }
    }

    public static void Error(string error) => TextCheck.Required("error", error, MaxErrorCharacters);

    private static void Episode(Guid id)
    {
        if (id == Guid.Empty)
        {
            throw InvalidInputException.For("episode id", id, "it is empty", "an id of its own for each episode");
        }
    }

    private static void Probability(string what, double? value)
    {
        if (value is { } number && number is not (>= 0 and <= 1))
        {
            throw InvalidInputException.For(what, number, "it is out of range", "0 to 1");
        }
    }
}
