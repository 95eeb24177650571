namespace QLearning.Abstractions.Input;

/// <summary>Agent types and their settings.</summary>
internal static class AgentTypeCheck
{
    /// <summary>What settings may be, by their names in <c>agent_types.metadata</c>.</summary>
    public static string AllowedSettings { get; } = FormattableString.Invariant(
        $"learningRule qLearning, sarsa or expectedSarsa; explorationPolicy epsilonGreedy, greedy, softmax or ucb1; ")
        + FormattableString.Invariant($"temperature above 0 up to {QLimits.MaxQValue}; ucb1Constant 0 to {QLimits.MaxQValue}; ")
        + FormattableString.Invariant($"ttlDays 1 to {QLimits.MaxTtlDays}; writeMode writeBehind or durable; ")
        + FormattableString.Invariant($"hotLimit {QLimits.MinHotStates} to {QLimits.MaxHotStates}; partitions 1 to {QLimits.MaxPartitions}");

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
        Settings(type.AgentType, type.Settings, type.Settings);
    }

    /// <summary>Checks settings, which SQL programs write too.</summary>
    /// <param name="agentType">Whose they are.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="shown">How they were given.</param>
    /// <exception cref="InvalidInputException">A setting is out of its range.</exception>
    public static void Settings(string agentType, AgentTypeSettings settings, object shown)
    {
        if (Problem(settings) is { } problem)
        {
            throw InvalidInputException.For($"metadata of agent type {agentType}", shown, problem, AllowedSettings);
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

    private static string? Problem(AgentTypeSettings settings) => settings switch
    {
        _ when !Enum.IsDefined(settings.LearningRule) => "learningRule is unknown",
        _ when !Enum.IsDefined(settings.ExplorationPolicy) => "explorationPolicy is unknown",
        _ when !Enum.IsDefined(settings.WriteMode) => "writeMode is unknown",
        { Temperature: not (> 0 and <= QLimits.MaxQValue) } => "temperature is out of range",
        { Ucb1Constant: not (>= 0 and <= QLimits.MaxQValue) } => "ucb1Constant is out of range",
        { TtlDays: < 1 or > QLimits.MaxTtlDays } => "ttlDays is out of range",
        { HotLimit: < QLimits.MinHotStates or > QLimits.MaxHotStates } => "hotLimit is out of range",
        { Partitions: < 1 or > QLimits.MaxPartitions } => "partitions is out of range",
        _ => null,
    };
}
