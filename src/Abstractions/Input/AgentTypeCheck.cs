namespace QLearning.Abstractions.Input;

/// <summary>Agent types and their settings.</summary>
internal static class AgentTypeCheck
{
    /// <exception cref="InvalidInputException">It is empty.</exception>
    public static void Deletion(Guid id) => InputCheck.Id("deletion id", id, "an id of its own for each deletion");

    /// <summary>What settings may be, by their names in <c>agent_types.metadata</c>.</summary>
    public static string AllowedSettings { get; } = FormattableString.Invariant(
        $"learningRule qLearning, sarsa or expectedSarsa; explorationPolicy epsilonGreedy, greedy, softmax or ucb1; ")
        + FormattableString.Invariant($"temperature above 0 up to {QLimits.MaxQValue}; ucb1Constant 0 to {QLimits.MaxQValue}; ")
        + FormattableString.Invariant($"ttlDays 1 to {QLimits.MaxTtlDays}; writeMode writeBehind or durable; ")
        + FormattableString.Invariant(
            $"hotLimit {QLimits.MinHotStates} to {QLimits.MaxHotStates}; partitions 1 to {QLimits.MaxPartitions}");

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void AgentType(AgentTypeInfo? type)
    {
        if (type?.Settings is null)
        {
            throw InvalidInputException.For(
                "agent type", type?.AgentType, "it or its settings are missing", "an agent type with its settings");
        }

        // AgentKey too forbids '/', since it ends the type in the name of an agent.
        AgentKey.For(type.AgentType, "agent");
        InputCheck.Text("display name", type.DisplayName, QLimits.MaxDisplayNameCharacters);
        InputCheck.OptionalText("description", type.Description, QLimits.MaxDescriptionCharacters);
        InputCheck.Range("learning rate", type.LearningRate, QLimits.MinLearningRate, 1);
        InputCheck.Fraction("discount factor", type.DiscountFactor);
        InputCheck.Fraction("exploration rate", type.ExplorationRate);
        InputCheck.Range("minimum exploration rate", type.MinExplorationRate, 0, type.ExplorationRate);
        InputCheck.Fraction("exploration decay", type.ExplorationDecay);
        InputCheck.Range("number of state dimensions", type.StateSpaceDimensions, 1, QLimits.MaxDimensions);
        InputCheck.Range("number of action dimensions", type.ActionSpaceDimensions, 1, QLimits.MaxDimensions);
        if (Problem(type.Settings) is { } problem)
        {
            throw InvalidInputException.For($"metadata of agent type {type.AgentType}", type.Settings, problem, AllowedSettings);
        }
    }

    /// <exception cref="InvalidInputException">It is inactive.</exception>
    public static void Active(AgentTypeInfo type)
    {
        if (!type.IsActive)
        {
            throw InvalidInputException.For("agent type", type.AgentType, "it is inactive, so it does not learn", "an active agent type");
        }
    }

    /// <summary>Which setting is unknown or out of its range; null: none is.</summary>
    public static string? Problem(AgentTypeSettings settings) => settings switch
    {
        _ when !Enum.IsDefined(settings.LearningRule) => "learningRule is unknown",
        _ when !Enum.IsDefined(settings.ExplorationPolicy) => "explorationPolicy is unknown",
        { WriteMode: not (WriteMode.WriteBehind or WriteMode.Durable) } => "writeMode is unknown",
        { Temperature: not (> 0 and <= QLimits.MaxQValue) } => "temperature is out of range",
        { Ucb1Constant: not (>= 0 and <= QLimits.MaxQValue) } => "ucb1Constant is out of range",
        { TtlDays: < 1 or > QLimits.MaxTtlDays } => "ttlDays is out of range",
        { HotLimit: < QLimits.MinHotStates or > QLimits.MaxHotStates } => "hotLimit is out of range",
        { Partitions: < 1 or > QLimits.MaxPartitions } => "partitions is out of range",
        _ => null,
    };

    /// <summary>Which rate that SQL stored is out of its range, by the name of its column, and what is allowed; null: none is.</summary>
    public static string? StoredRatesProblem(AgentTypeInfo type) => type switch
    {
        { LearningRate: not (>= QLimits.MinLearningRate and <= 1) } => Problem(
            "learning_rate", type.LearningRate, FormattableString.Invariant($"{QLimits.MinLearningRate} to 1")),
        { DiscountFactor: not (>= 0 and <= 1) } => Problem("discount_factor", type.DiscountFactor, "0 to 1"),
        { ExplorationRate: not (>= 0 and <= 1) } => Problem("exploration_rate", type.ExplorationRate, "0 to 1"),
        { MinExplorationRate: not >= 0 } => Problem("min_exploration_rate", type.MinExplorationRate, "0 to exploration_rate"),
        _ when type.MinExplorationRate > type.ExplorationRate => Problem(
            "min_exploration_rate",
            type.MinExplorationRate,
            FormattableString.Invariant($"0 to exploration_rate ({type.ExplorationRate})")),
        { ExplorationDecay: not (>= 0 and <= 1) } => Problem("exploration_decay", type.ExplorationDecay, "0 to 1"),
        _ => null,
    };

    private static string Problem(string column, double value, string allowed) =>
        FormattableString.Invariant($"{column} is {value}. Allowed: {allowed}.");
}
