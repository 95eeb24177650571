namespace QLearning.Abstractions;

/// <summary>
/// The twin of one agent: its exploration rate, its statistics and its running episode. The key is an <see cref="AgentKey"/>. An agent that
/// acts without being registered is registered by that with its type's settings. Every call may throw
/// <see cref="UnknownAgentTypeException"/> and <see cref="StorageUnavailableException"/>.
/// </summary>
[Alias("QLearning.IAgentGrain")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>Registers a new agent: its row of <c>agent_states</c>.</summary>
    /// <param name="registration">Its settings.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, or there is an agent of this name already.</exception>
    [Alias("Register")]
    ValueTask<AgentInfo> Register(AgentRegistration registration);

    /// <summary>The agent as it is now.</summary>
    /// <exception cref="UnknownAgentException">It was neither registered nor has it acted.</exception>
    [Alias("Get")]
    ValueTask<AgentInfo> Get();

    /// <summary>Enters a session: the trajectories of its episodes belong to it from now on.</summary>
    /// <param name="sessionId">A running session of the agent's type.</param>
    /// <exception cref="UnknownSessionException">There is no such session.</exception>
    /// <exception cref="InvalidInputException">It has ended, or is of another agent type.</exception>
    /// <exception cref="AgentStateException">The agent is in another session, or an episode is running.</exception>
    [Alias("BeginSession")]
    ValueTask<AgentInfo> BeginSession(Guid sessionId);

    /// <summary>Starts a session of its type and enters it; a call that is refused starts none.</summary>
    /// <param name="sessionId">The new session's id, chosen by the caller. Starting the same again is answered alike.</param>
    /// <param name="start">Name, environment, metadata; its agent type is the agent's.</param>
    /// <exception cref="InvalidInputException">Something in it is not allowed, or there is a session of this id already.</exception>
    /// <exception cref="AgentStateException">The agent is in another session, or an episode is running.</exception>
    [Alias("StartSession")]
    ValueTask<SessionInfo> StartSession(Guid sessionId, SessionStart start);

    /// <summary>Leaves its session, which goes on; a running episode is dropped. Nothing happens when it is in none.</summary>
    [Alias("LeaveSession")]
    ValueTask<AgentInfo> LeaveSession();

    /// <summary>
    /// Chooses the next action by the type's policy with the agent's own exploration rate. Asking again before the reward is reported
    /// chooses anew: the newest action counts, the answer names the one it replaced, and nothing is learned of that.
    /// </summary>
    /// <param name="request">Episode, state and candidates.</param>
    /// <exception cref="InvalidInputException">Something in the request is not allowed.</exception>
    /// <exception cref="AgentStateException">The agent is paused or in error, or at another step.</exception>
    /// <exception cref="EpisodeLostException">The episode is under way for the caller, but the silo that had it is gone.</exception>
    [Alias("SelectAction")]
    ValueTask<AgentDecision> SelectAction(AgentDecisionRequest request);

    /// <summary>
    /// Learns from what the last action led to. At the end of an episode everything learned in it is durable, and its trajectory, its
    /// rewards, the agent's statistics and its session's counters are stored in one transaction before the answer.
    /// </summary>
    /// <param name="observation">Reward and next state.</param>
    /// <exception cref="InvalidInputException">Something in the observation is not allowed; nothing was learned.</exception>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, or no action of this episode and step waits for its reward, or another outcome of it was reported.
    /// </exception>
    /// <exception cref="EpisodeLostException">The episode is under way for the caller, but the silo that had it is gone.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same step again.</exception>
    [Alias("Observe")]
    ValueTask<ObservationResult> Observe(Observation observation);

    /// <summary>
    /// Learns from what the last action led to, and chooses the next action in the state that followed: <see cref="Observe"/> and
    /// <see cref="SelectAction"/> in one call. Sent again, it answers the same.
    /// </summary>
    /// <param name="observation">Reward and next state; it does not end the episode.</param>
    /// <param name="next">The choice of the step after it, in the same episode; its update is the observation's.</param>
    /// <exception cref="InvalidInputException">Something is not allowed; nothing was learned.</exception>
    /// <exception cref="AgentStateException">As for the two calls.</exception>
    /// <exception cref="EpisodeLostException">The episode is under way for the caller, but the silo that had it is gone.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same step again.</exception>
    [Alias("ObserveAndSelect")]
    ValueTask<AgentStepAnswer> ObserveAndSelect(Observation observation, AgentDecisionRequest next);

    /// <summary>
    /// Takes up an episode that was lost with its silo, as its caller remembers it. Learns nothing. An episode that is here stays as it is.
    /// </summary>
    /// <param name="episode">The episode.</param>
    /// <exception cref="InvalidInputException">Something in it is not allowed.</exception>
    /// <exception cref="AgentStateException">The agent is paused or in error.</exception>
    [Alias("RestoreEpisode")]
    ValueTask RestoreEpisode(EpisodeSnapshot episode);

    /// <summary>Makes the agent refuse to act and learn; its running episode waits.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("Pause")]
    ValueTask<AgentInfo> Pause();

    /// <summary>Notes that the agent failed: it refuses to act and learn, and its running episode is dropped.</summary>
    /// <param name="error">What happened, 1 to 1,000 characters.</param>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("ReportError")]
    ValueTask<AgentInfo> ReportError(string error);

    /// <summary>Ends a pause or an error.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("Resume")]
    ValueTask<AgentInfo> Resume();

    /// <summary>Changes the agent's rates; what is null stays. They hold from the next step on.</summary>
    /// <param name="change">The new rates.</param>
    /// <exception cref="InvalidInputException">A rate is not allowed; nothing was changed.</exception>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("ChangeRates")]
    ValueTask<AgentInfo> ChangeRates(AgentRegistration change);

    /// <summary>Sets its exploration rate to where its type's agents begin, and has it follow its type's other rates again.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("ResetRates")]
    ValueTask<AgentInfo> ResetRates();

    /// <summary>
    /// Deletes the agent with its trajectories and their rewards; its running episode is dropped, its type's Q-values stay.
    /// </summary>
    /// <param name="isDryRun">Only counts what would go.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    [Alias("Delete")]
    ValueTask<DeletedRows[]> Delete(bool isDryRun);
}
