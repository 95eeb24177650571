namespace QLearning.Abstractions.Input;

/// <summary>Agents: how they are registered, what they ask and report, and their episodes.</summary>
internal static class AgentCheck
{
    /// <exception cref="InvalidInputException">A setting is not allowed.</exception>
    public static void Registration(AgentRegistration? registration)
    {
        InputCheck.Present("registration", registration, "an agent's settings; an empty one takes the type's");
        OptionalFraction("exploration rate", registration.ExplorationRate);
        OptionalFraction("minimum exploration rate", registration.MinExplorationRate);
        OptionalFraction("exploration decay", registration.ExplorationDecay);
        if (registration.LearningRate is { } rate)
        {
            InputCheck.Range("learning rate", rate, QLimits.MinLearningRate, 1);
        }
    }

    /// <exception cref="AgentStateException">It is paused or in error.</exception>
    public static void Working(AgentKey agent, AgentInfo info)
    {
        switch (info.Status)
        {
            case AgentStatus.Paused:
                throw AgentStateException.For(agent, "is paused, so it neither acts nor learns", "resuming it");
            case AgentStatus.Error:
                throw AgentStateException.For(agent, $"is in error ('{info.Error}'), so it neither acts nor learns", "resuming it");
        }
    }

    /// <summary>An outcome may name the action that it is of, and the state of that.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="step">The step.</param>
    /// <param name="action">What it names; null: nothing.</param>
    /// <param name="state">What it names; null: nothing.</param>
    /// <param name="chosen">The newest choice of the step.</param>
    /// <exception cref="AgentStateException">It is another one than the newest choice of the step.</exception>
    public static void Acted(AgentKey agent, int step, ActionKey? action, StateKey? state, StateAction chosen)
    {
        if ((action ?? chosen.Action.Key) != chosen.Action.Key)
        {
            Refuse($"the action '{action}'");
        }

        if ((state ?? chosen.State.Key) != chosen.State.Key)
        {
            Refuse($"the state '{state}'");
        }

        void Refuse(string named) => throw AgentStateException.For(
            agent,
            FormattableString.Invariant($"was told an outcome of {named}, which is not that of its newest choice of step {step}"),
            $"the outcome of the action '{chosen.Action.Key}' in the state '{chosen.State.Key}', which replaced what was chosen before");
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Decision(AgentDecisionRequest? request)
    {
        InputCheck.Present("request", request, "an episode and a state with its candidates");
        Episode(request.EpisodeId);
        QTableCheck.State(request.State);
        QTableCheck.Candidates(request.Candidates);
        InputCheck.Range("step", request.Step, 0, QLimits.MaxBatch);
        if (request.TaskId is { } task)
        {
            InputCheck.Text("task id", task, QLimits.MaxTaskCharacters);
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Observation(Observation? observation)
    {
        InputCheck.Present("observation", observation, "a reward and a next state");
        Episode(observation.EpisodeId);
        InputCheck.Range("step", observation.Step, 0, QLimits.MaxBatch);
        QTableCheck.Value("reward", observation.Reward);
        QTableCheck.State(observation.NextState);
        QTableCheck.NextActions(observation.NextActions);
        InputCheck.OptionalText("error message", observation.ErrorMessage, QLimits.MaxErrorMessageCharacters);
        InputCheck.OptionalText("reward source", observation.RewardSource, QLimits.MaxSourceCharacters);
        InputCheck.Count("patterns used", observation.PatternsUsed, QLimits.MaxPatternsUsed);
    }

    /// <summary>An outcome, and the choice that follows it in its episode.</summary>
    /// <exception cref="InvalidInputException">Something in them is not allowed, or they do not follow each other.</exception>
    public static void Step(Observation? observation, AgentDecisionRequest? next)
    {
        Observation(observation);
        Decision(next);
        if (observation!.EndsEpisode)
        {
            throw InvalidInputException.For("observation", observation.Step, "it ends the episode", "one after which there is a choice");
        }

        if ((next!.EpisodeId, next.Step) != (observation.EpisodeId, observation.Step + 1))
        {
            throw InvalidInputException.For(
                "step", next.Step, $"it does not follow the step {observation.Step} of the episode '{observation.EpisodeId}'",
                "the next step of the same episode");
        }
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Snapshot(EpisodeSnapshot? episode, DateTimeOffset now)
    {
        InputCheck.Present("episode", episode, "an episode with its steps");
        InputCheck.Count("steps", episode.Steps, QLimits.MaxBatch);
        Episode(episode.EpisodeId);
        InputCheck.Text("task id", episode.TaskId, QLimits.MaxTaskCharacters);
        InputCheck.Time("start of the episode", episode.StartedAt, now);
        foreach (var step in episode.Steps)
        {
            QTableCheck.State(step.State);
            QTableCheck.Action(step.Action);
            QTableCheck.Value("reward", step.Reward);
        }

        if (episode.Acting is { } acting)
        {
            QTableCheck.State(acting.State);
            QTableCheck.Action(acting.Action);
        }

        if (episode.Unlearned is { } unlearned)
        {
            QTableCheck.State(unlearned.Key);
            if (episode.Steps.Count == 0)
            {
                throw InvalidInputException.For("state after an unlearned step", unlearned, "there is no step", "a step before it");
            }
        }

        InputCheck.Range("number of new Q-values", episode.NewQValues, 0, episode.Steps.Count);
    }

    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    public static void Query(AgentQuery? query)
    {
        InputCheck.Present("query", query, "an agent type with what else is wanted");
        AgentTypeKey.For(query.AgentType);
        InputCheck.OptionalText("prefix", query.Prefix, QLimits.MaxInstanceCharacters);
        // As the page before named it: SQL counts a character that is two of .NET's once.
        InputCheck.OptionalText("place to go on after", query.After, 2 * QLimits.MaxInstanceCharacters);
        if (query.Status is < AgentStatus.Idle or > AgentStatus.Error)
        {
            throw InvalidInputException.For("agent status", (int)query.Status, "it is unknown", "Idle, Active, Learning, Paused or Error");
        }

        InputCheck.Range("limit", query.Limit, 1, QLimits.MaxRows);
    }

    /// <exception cref="InvalidInputException">It is empty or too long.</exception>
    public static void Error(string? error) => InputCheck.Text("error", error, QLimits.MaxErrorCharacters);

    /// <summary>The rewards of an episode go into the row of its agent.</summary>
    /// <exception cref="InvalidInputException">With the reward they would sum to more than the row takes.</exception>
    public static void RewardSum(AgentKey agent, double reward, double before)
    {
        if (before + Math.Abs(reward) > QLimits.MaxReward)
        {
            throw InvalidInputException.For(
                "reward",
                reward,
                $"with it the rewards of agent '{agent}' would sum to more than its row takes",
                FormattableString.Invariant($"sums of at most {QLimits.MaxReward} in size"));
        }
    }

    private static void Episode(Guid id) => InputCheck.Id("episode id", id, "an id of its own for each episode");

    private static void OptionalFraction(string what, double? value)
    {
        if (value is { } number)
        {
            InputCheck.Fraction(what, number);
        }
    }
}
