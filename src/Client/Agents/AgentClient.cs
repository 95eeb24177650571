using System.Diagnostics.CodeAnalysis;
using QLearning.Abstractions;
using QLearning.Client.Agents;
using QLearning.Client.Connection;
using QLearning.Client.Updates;

namespace QLearning.Client;

/// <summary>
/// One agent: it asks what to do, reports what came of it, and learns. An agent does one thing after another: a call that acts, learns or
/// changes its episode or session is refused with <see cref="AgentStateException"/> while another such call is under way. Reading,
/// registering, pausing and resuming it is possible at any time. Every call may throw <see cref="UnknownAgentTypeException"/>,
/// <see cref="InvalidInputException"/>, <see cref="StorageUnavailableException"/> and <see cref="ClusterUnavailableException"/>. Calls are
/// repeated by themselves while silos come and go, and an episode outlives the silo that had it.
/// </summary>
public sealed partial class AgentClient
{
    private readonly IAgentGrain _grain;
    private readonly IGrainFactory _grains;
    private readonly AgentTurn _turn;
    private readonly IClusterCalls _calls;
    private readonly Func<UpdateSender> _updates;
    private readonly Action<AgentClient, bool> _keep;
    private readonly TimeProvider _time;
    private readonly string _answer;
    private AgentEpisode? _episode;

    internal AgentClient(
        AgentKey key,
        IGrainFactory grains,
        IClusterCalls calls,
        Func<UpdateSender> updates,
        Action<AgentClient, bool> keep,
        TimeProvider time)
    {
        (Key, _grains, _calls, _updates, _keep, _time) = (key, grains, calls, updates, keep, time);
        (_answer, _turn) = ($"answer for '{key}'", new AgentTurn(key));
        _grain = grains.GetKnown<IAgentGrain>(key.ToString());
    }

    /// <summary>The agent's type and name.</summary>
    public AgentKey Key { get; }

    /// <summary>Registers a new agent. Not needed for an agent with its type's settings: that is registered when it first acts.</summary>
    /// <param name="registration">Its own settings; null: its type's.</param>
    /// <param name="cancellationToken">Ends the waiting; the agent may still be registered.</param>
    /// <exception cref="InvalidInputException">A setting is not allowed, or there is an agent of this name already.</exception>
    public Task<AgentInfo> RegisterAsync(AgentRegistration? registration = null, CancellationToken cancellationToken = default) =>
        _calls.OnceAsync($"register '{Key}'", () => _grain.Register(registration ?? new AgentRegistration()), cancellationToken);

    /// <summary>The agent as it is now.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnknownAgentException">It was neither registered nor has it acted.</exception>
    public Task<AgentInfo> GetAsync(CancellationToken cancellationToken = default) => CallAsync(_grain.Get, cancellationToken);

    /// <summary>Names the task of the next episode. Without it an episode's task is its id. An episode under way is dropped.</summary>
    /// <param name="taskId">1 to 100 characters.</param>
    /// <exception cref="AgentStateException">Another call of the agent is under way.</exception>
    public void BeginEpisode(string? taskId = null)
    {
        using var turn = _turn.Begin("beginning an episode");
        Continue(new AgentEpisode(taskId, _time.GetUtcNow()));
    }

    /// <summary>
    /// Chooses the next action by the type's policy with the agent's own exploration rate. The first one of an episode begins it. Asked
    /// again before the reward is reported, it chooses anew: the newest action counts, and the answer names the one that it replaced, of
    /// which nothing is learned (<see cref="SelectedAction.Replaced"/>).
    /// </summary>
    /// <param name="state">The state to act in.</param>
    /// <param name="candidates">The actions to choose from; none: those learned in this state.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AgentStateException">The agent is paused or in error, or another call of it is under way.</exception>
    public Task<SelectedAction> SelectActionAsync(
        State state, IEnumerable<AgentAction>? candidates = null, CancellationToken cancellationToken = default) =>
        SelectActionAsync(state, candidates, seed: null, cancellationToken);

    /// <summary>As the other, with a seed: the same seed, candidates, Q-values and exploration rate give the same action.</summary>
    /// <param name="state">The state to act in.</param>
    /// <param name="candidates">The actions to choose from; none: those learned in this state.</param>
    /// <param name="seed">The seed of this choice; null: random numbers of the type's grain.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="AgentStateException">The agent is paused or in error, or another call of it is under way.</exception>
    public async Task<SelectedAction> SelectActionAsync(
        State state, IEnumerable<AgentAction>? candidates, int? seed, CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("choosing an action");
        var episode = _episode ?? Continue(new AgentEpisode(taskId: null, _time.GetUtcNow()));
        var update = episode.AwaitsNextAction is { } waiting ? await NumberAsync(episode, waiting, cancellationToken) : null;
        var request = Choice(episode, episode.Step, state, candidates) with
        {
            Seed = seed,
            Update = update is null ? null : _updates().IdOf(update),
        };
        var decision = await InEpisodeAsync(episode, update, () => _grain.SelectAction(request), cancellationToken);
        Settle(episode, update, decision.Learned, decision.Receipt);
        return episode.Acted(state, decision.Selected);
    }

    /// <summary>Learns from what the last action led to. At the end of an episode all of it is stored before this returns.</summary>
    /// <param name="reward">The reward, finite, at most <see cref="QLimits.MaxQValue"/> in size.</param>
    /// <param name="nextState">The state that followed.</param>
    /// <param name="done">Whether the episode ended since its task was over: nothing follows, the next state's value is 0.</param>
    /// <param name="success">Whether the task succeeded; counts when the episode ended.</param>
    /// <param name="errorMessage">Why it failed.</param>
    /// <param name="truncated">
    /// Whether a limit cut the episode: it ends, and the next state counts with its value (<see cref="Transition.Truncated"/>).
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; report the same reward again to learn whether it took effect.</param>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, no action waits for its reward, or another call of it is under way.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same reward again later.</exception>
    public Task<ObservationResult> ObserveAsync(
        double reward,
        State nextState,
        bool done = false,
        bool success = true,
        string? errorMessage = null,
        bool truncated = false,
        CancellationToken cancellationToken = default)
    {
        var outcome = new AgentOutcome
        {
            Reward = reward,
            NextState = nextState,
            Done = done,
            Truncated = truncated,
            Success = success,
            ErrorMessage = errorMessage,
        };
        return ObserveAsync(outcome, cancellationToken);
    }

    /// <summary>As the other, with all that can be told.</summary>
    /// <param name="outcome">What the last action led to.</param>
    /// <param name="cancellationToken">Ends the waiting; report the same outcome again to learn whether it took effect.</param>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, no action waits for its reward, or another call of it is under way.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same outcome again later.</exception>
    public async Task<ObservationResult> ObserveAsync(AgentOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        using var turn = _turn.Begin("learning an outcome");
        var (episode, observation) = await ObservationAsync(outcome, cancellationToken);
        var update = episode.Update!;
        var mayBeLearned = update.MayBeLearned;
        var result = await InEpisodeAsync(episode, update, () => _grain.Observe(observation), cancellationToken);
        // Tries of this call without an answer learned no more than the one that was answered.
        update.MayBeLearned = mayBeLearned;
        SettleObserved(episode, result.Learned, result.Receipt);
        episode.Observed(observation, result);
        Continue(result.Ended is null ? episode : null);
        return result;
    }

    /// <summary>Makes the agent refuse to act and learn until it is resumed; an episode under way waits.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<AgentInfo> PauseAsync(CancellationToken cancellationToken = default) => CallAsync(_grain.Pause, cancellationToken);

    /// <summary>
    /// Notes that the agent failed: it refuses to act and learn until it is resumed, and an episode under way is dropped.
    /// </summary>
    /// <param name="error">What happened, 1 to 1,000 characters.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<AgentInfo> ReportErrorAsync(string error, CancellationToken cancellationToken = default)
    {
        using var turn = _turn.Begin("reporting an error");
        Continue(null);
        return await CallAsync(() => _grain.ReportError(error), cancellationToken);
    }

    /// <summary>Ends a pause or an error.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<AgentInfo> ResumeAsync(CancellationToken cancellationToken = default) => CallAsync(_grain.Resume, cancellationToken);

    /// <summary>Goes on with an episode, or with none; the update of another one that is under way is given up.</summary>
    [return: NotNullIfNotNull(nameof(episode))]
    private AgentEpisode? Continue(AgentEpisode? episode)
    {
        if (_episode is { Update: { } update } before && before != episode)
        {
            _updates().GiveUp(update);
            before.Update = null;
        }

        _keep(this, episode is not null);
        return _episode = episode;
    }

    private async Task<PendingUpdates> NumberAsync(AgentEpisode episode, Transition transition, CancellationToken cancellationToken)
    {
        if (episode.Update is { } kept && !IsOf(kept.Group.Transitions[0], transition))
        {
            // Of the action that was chosen before this one: whatever came of it, this one is another update.
            _updates().GiveUp(kept);
            episode.Update = null;
        }

        return episode.Update ??= await _updates().NumberAsync(transition, cancellationToken);
    }

    private static bool IsOf(Transition one, Transition other) =>
        one.State.Key == other.State.Key && one.Action.Key == other.Action.Key;

    /// <summary>
    /// Keeps an update until it is durable, now that somebody has learned it; a number under which nothing was learned is given up. A call
    /// settles only a number that it sent: another one may be that of an outcome whose answer was lost.
    /// </summary>
    private void Settle(AgentEpisode episode, PendingUpdates? sent, LearnResult? learned, UpdateReceipt? receipt)
    {
        if (sent is { } update)
        {
            if (learned is { } result && receipt is not null)
            {
                _updates().Acknowledge(update, receipt, result);
            }
            else
            {
                _updates().GiveUp(update);
            }

            episode.Update = null;
        }
    }

    /// <summary>Settles the update of an outcome; one that SARSA learns later keeps a number under which it may be learned.</summary>
    private void SettleObserved(AgentEpisode episode, LearnResult? learned, UpdateReceipt? receipt)
    {
        if (learned is not null || episode.Update is { MayBeLearned: false })
        {
            Settle(episode, episode.Update, learned, receipt);
        }
    }

    private async Task<T> InEpisodeAsync<T>(
        AgentEpisode episode, PendingUpdates? sent, Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await RestoringAsync(episode, () => NotingDoubtAsync(sent, call), cancellationToken);
        }
        catch (InvalidInputException refused) when (refused.IsLearned)
        {
            // All of it is durable, and its trajectory will never be taken: nothing is left to report.
            Continue(null);
            throw;
        }
        catch (Exception error) when (error is InvalidInputException or AgentStateException)
        {
            if (sent is { MayBeLearned: true })
            {
                // A refusal says nothing of the try before: the number is kept for the next report.
                throw new ClusterUnavailableException(
                    $"A step of '{Key}' may have been learned by a try that was not answered; reported again it counts once. "
                    + error.Message,
                    error);
            }

            // Refused, so nothing was learned under the number; what comes next may be another outcome. A full backlog is not such a
            // refusal: the same outcome is reported again, and an earlier message with it may still arrive when there is room.
            Settle(episode, sent, learned: null, receipt: null);
            throw;
        }
        catch (Exception error) when (IsInDoubt(error) && sent is not null)
        {
            sent.MayBeLearned = true;
            throw;
        }
    }

    private async Task<T> RestoringAsync<T>(AgentEpisode episode, Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(call, cancellationToken);
        }
        catch (EpisodeLostException)
        {
            // The steps before may have been lost with a silo too; the trajectory must not be stored without what was learned from them.
            await _updates().FlushJointlyAsync(cancellationToken);
            await _calls.RepeatableAsync(_answer, () => _grain.RestoreEpisode(episode.Snapshot()), cancellationToken);
            return await CallAsync(call, cancellationToken);
        }
    }

    private static async ValueTask<T> NotingDoubtAsync<T>(PendingUpdates? sent, Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (IsInDoubt(error) && sent is not null)
        {
            sent.MayBeLearned = true;
            throw;
        }
    }

    /// <summary>A step may have been learned by a call that ended so: it was not answered, or the answer says so.</summary>
    private static bool IsInDoubt(Exception error) => error is QLearningException
        ? error is ClusterUnavailableException or StorageUnavailableException or FencedException { IsBeforeLearning: false }
        : !ClusterCalls.IsTurnedAway(error);

    private Task<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken) =>
        _calls.RepeatableAsync(_answer, call, cancellationToken);
}
