using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client.Agents;

namespace QLearning.Client;

/// <content>An outcome and the next choice in one call.</content>
public sealed partial class AgentClient
{
    // An outcome that was learned without a choice after it, for a caller who sends both again.
    private (AgentEpisode Episode, int Step, AgentStep Learned, AgentOutcome Outcome)? _withoutChoice;

    /// <summary>
    /// Learns from what the last action led to, and chooses the next action in the state that followed: as
    /// <see cref="ObserveAsync(AgentOutcome, CancellationToken)"/> and
    /// <see cref="SelectActionAsync(State, IEnumerable{AgentAction}?, CancellationToken)"/> after each other, with half of their messages.
    /// When the outcome ends the episode all of it is stored before this returns, and nothing is chosen.
    /// </summary>
    /// <param name="outcome">What the last action led to.</param>
    /// <param name="candidates">The actions to choose from; none: those learned in the next state.</param>
    /// <param name="cancellationToken">Ends the waiting; report the same outcome again to learn whether it took effect.</param>
    /// <exception cref="AgentStateException">
    /// The agent is paused or in error, no action waits for its reward, or another call of it is under way.
    /// </exception>
    /// <exception cref="WriteBacklogFullException">PostgreSQL is behind by too much; report the same outcome again later.</exception>
    public async Task<AgentStep> ObserveAndSelectAsync(
        AgentOutcome outcome, IEnumerable<AgentAction>? candidates = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.EndsEpisode)
        {
            return new AgentStep(await ObserveAsync(outcome, cancellationToken), null);
        }

        AgentAction[] actions = [.. candidates ?? []];
        // Once something was chosen an equal outcome is that of the next step.
        var step = _withoutChoice is { } before && before.Outcome == outcome
            && _episode is { IsActing: false } episode && (before.Episode, before.Step) == (episode, episode.Step)
            ? before.Learned
            : await StepAsync(outcome, actions, cancellationToken);

        // What it learned is kept; asked alone, the choice tells why there is none.
        return step is { Selected: null, Observed.Ended: null }
            ? step with { Selected = await SelectActionAsync(outcome.NextState, actions, cancellationToken) }
            : step;
    }

    private async Task<AgentStep> StepAsync(AgentOutcome outcome, AgentAction[] candidates, CancellationToken cancellationToken)
    {
        try
        {
            return await TogetherAsync(outcome, candidates, cancellationToken);
        }
        catch (TypeLoadException)
        {
            // A silo that is older does not know the call, and did nothing.
            return new AgentStep(await ObserveAsync(outcome, cancellationToken), null);
        }
    }

    private async Task<AgentStep> TogetherAsync(AgentOutcome outcome, AgentAction[] candidates, CancellationToken cancellationToken)
    {
        using var turn = _turn.Begin("learning an outcome and choosing an action");
        var (episode, observation) = await ObservationAsync(outcome, cancellationToken);
        var next = Choice(episode, episode.Step + 1, outcome.NextState, candidates);
        var update = episode.Update;
        var answer = await InEpisodeAsync(episode, update, () => _grain.ObserveAndSelect(observation, next), cancellationToken);
        if (answer.Decision is { } chosen)
        {
            // SARSA learned the outcome with the choice.
            Settle(episode, update, answer.Observed.Learned ?? chosen.Learned, answer.Observed.Receipt ?? chosen.Receipt);
        }
        else
        {
            SettleObserved(episode, answer.Observed.Learned, answer.Observed.Receipt);
        }

        episode.Observed(observation, answer.Observed);
        Continue(answer.Observed.Ended is null ? episode : null);
        var step = new AgentStep(
            answer.Observed, answer.Decision is { } decision ? episode.Acted(outcome.NextState, decision.Selected) : null);
        _withoutChoice = step.Selected is null ? (episode, episode.Step, step, outcome) : null;
        return step;
    }

    private static AgentDecisionRequest Choice(AgentEpisode episode, int step, State state, IEnumerable<AgentAction>? candidates) => new()
    {
        EpisodeId = episode.Id,
        State = state,
        Candidates = [.. candidates ?? []],
        TaskId = episode.TaskId,
        Step = step,
    };

    /// <summary>The outcome of the action that waits for it, with the number of its update.</summary>
    private async Task<(AgentEpisode Episode, Observation Observation)> ObservationAsync(
        AgentOutcome outcome, CancellationToken cancellationToken)
    {
        if (_episode is not { Acting: { } acting } episode)
        {
            throw AgentStateException.For(Key, "has no action that waits for its reward", "choosing an action first");
        }

        // Before it gets a number: that of an outcome which is reported again may be learned already, and must not be given up.
        AgentCheck.Acted(Key, episode.Step, outcome.Action, outcome.ActionState, acting);

        var update = await NumberAsync(episode, episode.TransitionOf(outcome), cancellationToken);
        // The grain may have chosen again without this client knowing, when that answer was lost.
        return (episode, outcome.ToObservation(episode.Id, episode.Step, _updates().IdOf(update)) with
        {
            Action = acting.Action.Key,
            ActionState = acting.State.Key,
        });
    }
}
