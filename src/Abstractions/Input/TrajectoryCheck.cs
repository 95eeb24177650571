namespace QLearning.Abstractions.Input;

/// <summary>Trajectories, and what is asked about them.</summary>
internal static class TrajectoryCheck
{
    /// <summary>Which ids trajectories may have.</summary>
    public const string AllowedIds = "an id of its own for each trajectory";

    private static string AllowedRewards =>
        FormattableString.Invariant($"finite numbers and a sum of at most {QLimits.MaxReward} in size");

    /// <exception cref="InvalidInputException">
    /// There are too many or too many steps, two have one id, or something in one is not allowed.
    /// </exception>
    public static void Trajectories(Trajectory[]? trajectories, DateTimeOffset now)
    {
        InputCheck.Batch("trajectories", trajectories);
        var ids = new HashSet<Guid>();
        foreach (var trajectory in trajectories)
        {
            Trajectory(trajectory, now);
            InputCheck.OwnId("trajectory id", "trajectories", trajectory.Id, ids, AllowedIds);
        }

        var steps = trajectories.Sum(trajectory => (long)trajectory.Steps.Count);
        if (steps > QLimits.MaxBatch)
        {
            throw InvalidInputException.For("number of steps", steps, "there are too many", $"at most {QLimits.MaxBatch} in a call");
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(TrajectoryQuery? query)
    {
        InputCheck.Present("query", query, "an agent type with what else is wanted");
        AgentTypeKey.For(query.AgentType);
        InputCheck.OptionalText("task id", query.TaskId, QLimits.MaxTaskCharacters);
        InputCheck.OptionalText("agent instance", query.Instance, QLimits.MaxInstanceCharacters);
        if (query.Order is not (TrajectoryOrder.Recent or TrajectoryOrder.Best))
        {
            throw InvalidInputException.For("order", (int)query.Order, "it is unknown", "Recent or Best");
        }

        InputCheck.Range("limit", query.Limit, 1, QLimits.MaxRows);
    }

    private static void Trajectory(Trajectory? trajectory, DateTimeOffset now)
    {
        if (trajectory?.Steps is null || trajectory.Steps.Count == 0)
        {
            throw InvalidInputException.For("trajectory", trajectory?.TaskId, "it has no steps", "at least one step");
        }

        InputCheck.Id("trajectory id", trajectory.Id, AllowedIds);
        InputCheck.Time("start of the trajectory", trajectory.StartedAt, now);
        InputCheck.Text("task id", trajectory.TaskId, QLimits.MaxTaskCharacters);
        InputCheck.OptionalText("reward source", trajectory.RewardSource, QLimits.MaxSourceCharacters);
        InputCheck.OptionalText("error message", trajectory.ErrorMessage, QLimits.MaxErrorMessageCharacters);
        if (trajectory.ExecutionTime < TimeSpan.Zero || trajectory.ExecutionTime > QLimits.MaxExecutionTime)
        {
            throw InvalidInputException.For("execution time", trajectory.ExecutionTime, "it is out of range", "0 to 24 days");
        }

        QTableCheck.State(trajectory.FinalState);
        foreach (var step in trajectory.Steps)
        {
            QTableCheck.State(step.State);
            QTableCheck.Action(step.Action);
        }

        InputCheck.OptionalObject("metadata", trajectory.MetadataJson);
        Rewards(trajectory);
    }

    private static void Rewards(Trajectory trajectory)
    {
        var sum = trajectory.Steps.Sum(step => Math.Abs(step.Reward));
        if (!(sum <= QLimits.MaxReward))
        {
            throw InvalidInputException.For(
                "rewards of task",
                trajectory.TaskId,
                FormattableString.Invariant($"their absolute sum is {sum:R}"),
                AllowedRewards);
        }

        if (trajectory.DiscountedReward is { } discounted)
        {
            InputCheck.Size("discounted reward", discounted, QLimits.MaxReward);
        }
    }
}
