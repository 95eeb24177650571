using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>
/// An episode of an agent for a caller who may ask through another process each time, and so names episode and step with every call. A
/// step's update has the step's number, for the episode as its client: reported again, through whichever process, it counts once. A caller
/// who remembers the steps can bring the episode back after its silo was lost (<see cref="RestoreAsync"/>); one who does not loses the
/// trajectory, and may lose steps that were not durable. Every call may throw <see cref="UnknownAgentTypeException"/>,
/// <see cref="InvalidInputException"/>, <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>.
/// </summary>
public sealed class EpisodeClient
{
    private readonly AgentKey _agent;
    private readonly IAgentGrain _grain;
    private readonly IClusterCalls _calls;
    private readonly IQLearningClient _client;
    private readonly string _answer;
    private readonly TimeProvider _time;

    internal EpisodeClient(
        AgentKey agent, Guid id, IGrainFactory grains, IClusterCalls calls, IQLearningClient client, TimeProvider time)
    {
        (_agent, Id, _calls, _client, _time) = (agent, id, calls, client, time);
        (_grain, _answer) = (grains.GetKnown<IAgentGrain>(agent.ToString()), $"answer for '{agent}'");
    }

    /// <summary>The episode, which becomes its trajectory's id.</summary>
    public Guid Id { get; }

    /// <summary>
    /// Chooses the action of a step. The first step begins the episode; another one of the agent that runs is dropped. Asked again for the
    /// same step the answer may be another action: the newest counts.
    /// </summary>
    /// <param name="step">How many steps of the episode were rewarded already: 0 begins it.</param>
    /// <param name="state">The state to act in.</param>
    /// <param name="candidates">The actions to choose from; none: those learned in this state.</param>
    /// <param name="taskId">The task, 1 to 100 characters; null: the episode's id. Counts at the first step only.</param>
    /// <param name="seed">The seed of this choice; null: random numbers of the type's grain.</param>
    /// <param name="durable">
    /// True: what the step before taught is in PostgreSQL when this returns, if it waited for this action, as SARSA has it.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, or at another step; or the episode has ended, or was lost after steps of it were learned.
    /// </exception>
    /// <exception cref="EpisodeLostException">The episode went with the silo that had it; restore it.</exception>
    public async Task<AgentDecision> SelectActionAsync(
        int step,
        State state,
        IEnumerable<AgentAction>? candidates = null,
        string? taskId = null,
        int? seed = null,
        bool durable = false,
        CancellationToken cancellationToken = default)
    {
        var request = new AgentDecisionRequest
        {
            EpisodeId = Id,
            State = state,
            Candidates = [.. candidates ?? []],
            TaskId = taskId,
            Step = step,
            Seed = seed,
            IsKeptId = true,
            // Should the step before wait for this action, as SARSA has it.
            Update = step > 0 ? NumberOf(step - 1) : null,
        };
        var decision = await CallAsync(() => _grain.SelectAction(request), cancellationToken);
        if (durable && decision.Receipt is { } receipt)
        {
            await MakeDurableAsync(step - 1, receipt, cancellationToken);
        }

        return decision;
    }

    /// <summary>Learns what the action of a step led to. The end of an episode is stored, with all of it, before this returns.</summary>
    /// <param name="step">The step, as the choice of its action named it.</param>
    /// <param name="outcome">What happened.</param>
    /// <param name="durable">True: what the step taught is in PostgreSQL when this returns.</param>
    /// <param name="cancellationToken">Ends the waiting; report the same step again to learn whether it took effect.</param>
    /// <exception cref="AgentStateException">The agent is paused or in error, or no action of this step waits for its reward.</exception>
    /// <exception cref="EpisodeLostException">The episode went with the silo that had it; restore it.</exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same step again later.</exception>
    public async Task<ObservationResult> ObserveAsync(
        int step, AgentOutcome outcome, bool durable = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var observation = outcome.ToObservation(Id, step, NumberOf(step));
        var result = await CallAsync(() => _grain.Observe(observation), cancellationToken);
        if (durable && !outcome.EndsEpisode && result.Receipt is { } receipt)
        {
            await MakeDurableAsync(step, receipt, cancellationToken);
        }

        return result;
    }

    /// <summary>
    /// Brings back an episode that was lost with its silo. What its steps taught is learned again where that was lost too, each step once;
    /// an episode that is not lost stays as it is.
    /// </summary>
    /// <param name="memory">What the caller remembers of it.</param>
    /// <param name="cancellationToken">Ends the waiting; call again to be sure.</param>
    /// <exception cref="AgentStateException">The agent is paused or in error.</exception>
    public async Task RestoreAsync(EpisodeMemory memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var type = await _client.AgentTypes.GetAsync(_agent.AgentType, cancellationToken);
        var isSarsa = type.Settings.LearningRule == LearningRule.Sarsa;
        var agent = await FindAgentAsync(cancellationToken);
        if (agent is not null)
        {
            AgentCheck.Working(_agent, agent);
        }

        var waits = isSarsa && memory.Acting is null && memory.Steps.Count > 0;
        Transition[] steps = [.. memory.Steps.Select((step, i) => new Transition
        {
            State = step.State,
            Action = step.Action,
            Reward = step.Reward,
            NextState = step.NextState,
            NextAction = i + 1 < memory.Steps.Count ? memory.Steps[i + 1].Action : memory.Acting?.Action,
            NextActions = step.NextActions,
            LearningRate = agent?.LearningRate,
            ExplorationRate = agent?.ExplorationRate,
        })];
        var snapshot = new EpisodeSnapshot
        {
            EpisodeId = Id,
            TaskId = memory.TaskId ?? Id.ToString(),
            StartedAt = memory.StartedAt,
            Steps = [.. memory.Steps.Select(step => new TrajectoryStep(step.State, step.Action, step.Reward))],
            Acting = memory.Acting,
            Unlearned = waits ? memory.Steps[^1].NextState : null,
        };
        // What its grain will refuse must be refused before anything is learned.
        AgentCheck.Snapshot(snapshot, _time.GetUtcNow());
        var learned = await _client.AgentType(_agent.AgentType)
            .LearnAsync(waits ? steps[..^1] : steps, NumberOf(0), cancellationToken);
        snapshot = snapshot with
        {
            LastLearned = learned.Length == 0 || waits ? null : learned[^1],
            NewQValues = learned.Count(result => result.VisitCount == 1),
        };
        await _calls.RepeatableAsync(_answer, () => _grain.RestoreEpisode(snapshot), cancellationToken);
    }

    /// <summary>
    /// Learns what the action of a step led to, for a caller who remembers this step and none before it. When the episode does not run any
    /// more, the step is learned all the same, and counts once as ever; only its trajectory does not get it. Durable when this returns.
    /// While the episode runs, an action that was replaced by a newer choice of the step is refused.
    /// </summary>
    /// <param name="step">The step, as the choice of its action named it.</param>
    /// <param name="acted">The state of that choice, and the action.</param>
    /// <param name="outcome">What happened.</param>
    /// <param name="cancellationToken">Ends the waiting; report the same step again to learn whether it took effect.</param>
    /// <returns>As <see cref="ObserveAsync"/>; of an episode that does not run any more only what was learned.</returns>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, no action of this step waits for its reward, or another one than this does.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same step again later.</exception>
    public async Task<ObservationResult> ReportAsync(
        int step, StateAction acted, AgentOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        try
        {
            var named = outcome with { Action = acted.Action.Key, ActionState = acted.State.Key };
            return await ObserveAsync(step, named, durable: true, cancellationToken);
        }
        catch (EpisodeLostException)
        {
            var agent = await FindAgentAsync(cancellationToken);
            var transition = new Transition
            {
                State = acted.State,
                Action = acted.Action,
                Reward = outcome.Reward,
                NextState = outcome.NextState,
                NextActions = outcome.NextActions,
                Done = outcome.Done,
                // Nothing follows it in an episode that is over: SARSA, which would wait for the next action, learns its expectation.
                Truncated = !outcome.Done,
                LearningRate = agent?.LearningRate,
                ExplorationRate = agent?.ExplorationRate,
            };
            var learned = await _client.AgentType(_agent.AgentType).LearnAsync([transition], NumberOf(step), cancellationToken);
            return new ObservationResult(learned[0], null);
        }
    }

    // Its owner knows it by its number and waits for its commit; one that does not, since that owner was lost, learns it.
    private Task<LearnResult[]> MakeDurableAsync(int step, UpdateReceipt receipt, CancellationToken cancellationToken) =>
        _client.AgentType(_agent.AgentType).LearnAsync([receipt.Transition], NumberOf(step), cancellationToken);

    // No number of an episode is settled before a day is over: any process may report a step again.
    private UpdateId NumberOf(int step) => new(Id, step + 1L, 1);

    private async Task<AgentInfo?> FindAgentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(_grain.Get, cancellationToken);
        }
        catch (UnknownAgentException)
        {
            return null;
        }
    }

    private Task<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_answer, call, cancellationToken);
}
