using QLearning.Abstractions;
using QLearning.Client.Updates;

namespace QLearning.Client.Agents;

/// <summary>What an agent's client remembers of the running episode, so that it survives the silo that has it.</summary>
internal sealed class AgentEpisode(string? taskId, DateTimeOffset startedAt)
{
    private readonly List<TrajectoryStep> _steps = [];
    private State? _unlearned;
    private LearnResult? _lastLearned;
    private int _newQValues;

    public Guid Id { get; } = Guid.CreateVersion7();

    public string TaskId => taskId ?? Id.ToString();

    /// <summary>The number of the step under way, from 0.</summary>
    public int Step => _steps.Count;

    public bool IsActing => Acting is not null;

    /// <summary>The choice that waits for its outcome; null: none does.</summary>
    public StateAction? Acting { get; private set; }

    /// <summary>
    /// The update of the step under way with its number: kept while it is not known what became of it, so that a step that is reported
    /// again counts once.
    /// </summary>
    public PendingUpdates? Update { get; set; }

    /// <summary>What SARSA learns with the next action; null: nothing waits for it.</summary>
    public Transition? AwaitsNextAction => _unlearned is not { } next ? null : new Transition
    {
        State = _steps[^1].State,
        Action = _steps[^1].Action,
        Reward = _steps[^1].Reward,
        NextState = next,
    };

    /// <summary>What an outcome teaches.</summary>
    public Transition TransitionOf(AgentOutcome outcome) => new()
    {
        State = Acting!.Value.State,
        Action = Acting.Value.Action,
        Reward = outcome.Reward,
        NextState = outcome.NextState,
        NextActions = outcome.NextActions,
        Done = outcome.Done,
        Truncated = outcome.Truncated,
    };

    /// <summary>An action was chosen.</summary>
    /// <returns>The answer for the caller: of what it replaced only what the caller was told of is named.</returns>
    public SelectedAction Acted(State state, SelectedAction selected)
    {
        var told = selected with { Replaced = Acting?.Action };
        (Acting, _unlearned) = (new StateAction(state, selected.Action), null);
        return told;
    }

    public void Observed(Observation observation, ObservationResult result)
    {
        _steps.Add(new TrajectoryStep(Acting!.Value.State, Acting.Value.Action, observation.Reward));
        Acting = null;
        _lastLearned = result.Learned;
        _unlearned = result.Learned is null ? observation.NextState : null;
        _newQValues += result.Learned?.VisitCount == 1 ? 1 : 0;
    }

    public EpisodeSnapshot Snapshot() => new()
    {
        EpisodeId = Id,
        TaskId = TaskId,
        StartedAt = startedAt,
        Steps = [.. _steps],
        Acting = Acting,
        Unlearned = _unlearned,
        LastLearned = _lastLearned,
        NewQValues = _newQValues,
    };
}
