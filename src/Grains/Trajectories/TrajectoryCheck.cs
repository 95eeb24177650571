using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Abstractions.Json;
using QLearning.Grains.Input;

namespace QLearning.Grains.Trajectories;

/// <summary>The door for trajectories.</summary>
internal static class TrajectoryCheck
{
    /// <summary>The largest size of a reward or sum of rewards: <c>numeric(12,4)</c>.</summary>
    public const double MaxReward = 99_999_999.9999;

    private const int MaxTaskCharacters = 100;
    private const int MaxSourceCharacters = 100;

    private static readonly TimeSpan _maxExecutionTime = TimeSpan.FromMilliseconds(int.MaxValue);
    private static readonly string _allowedRewards = FormattableString.Invariant($"finite numbers and a sum of at most {MaxReward} in size");

    public static void All(Trajectory[] trajectories)
    {
        InputCheck.BatchSize("trajectories", trajectories);
        foreach (var trajectory in trajectories)
        {
            One(trajectory);
        }

        var steps = trajectories.Sum(trajectory => (long)trajectory.Steps.Count);
        if (steps > QLimits.MaxBatch)
        {
            throw InvalidInputException.For("number of steps", steps, "there are too many", $"at most {QLimits.MaxBatch} in a call");
        }
    }

    private static void One(Trajectory trajectory)
    {
        if (trajectory?.Steps is null || trajectory.Steps.Count == 0)
        {
            throw InvalidInputException.For("trajectory", trajectory?.TaskId, "it has no steps", "at least one step");
        }

        TextCheck.Required("task id", trajectory.TaskId, MaxTaskCharacters);
        TextCheck.Optional("reward source", trajectory.RewardSource, MaxSourceCharacters);
        TextCheck.Optional("error message", trajectory.ErrorMessage, JsonLimits.MaxBytes);
        if (trajectory.ExecutionTime < TimeSpan.Zero || trajectory.ExecutionTime > _maxExecutionTime)
        {
            throw InvalidInputException.For("execution time", trajectory.ExecutionTime, "it is out of range", "0 to 24 days");
        }

        InputCheck.State(trajectory.FinalState);
        foreach (var step in trajectory.Steps)
        {
            InputCheck.State(step.State);
            InputCheck.Action(step.Action);
        }

        var sum = trajectory.Steps.Sum(step => Math.Abs(step.Reward));
        if (!(sum <= MaxReward))
        {
            throw InvalidInputException.For("rewards of task", trajectory.TaskId, $"their absolute sum is {sum:R}", _allowedRewards);
        }

        if (trajectory.MetadataJson is { } metadata)
        {
            JsonText.CheckObject("metadata", metadata);
        }

        if (trajectory.DiscountedReward is { } discounted && !(Math.Abs(discounted) <= MaxReward))
        {
            throw InvalidInputException.For("discounted reward", discounted, "it is not finite or too large", _allowedRewards);
        }
    }
}
