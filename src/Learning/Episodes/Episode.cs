namespace QLearning.Learning.Episodes;

/// <summary>
/// A running episode of one agent: the steps it took, and the action that waits for its reward. It belongs to one thread at a time.
/// </summary>
/// <param name="id">The episode's id, which becomes its trajectory's.</param>
/// <param name="taskId">The task.</param>
/// <param name="startedAt">When it began.</param>
public sealed class Episode(Guid id, string taskId, DateTimeOffset startedAt)
{
    private readonly List<TrajectoryStep> _steps = [];
    private State _state;
    private AgentAction? _action;

    /// <summary>The episode's id.</summary>
    public Guid Id { get; } = id;

    /// <summary>The task.</summary>
    public string TaskId { get; } = taskId;

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>The steps whose reward is known.</summary>
    public IReadOnlyList<TrajectoryStep> Steps => _steps;

    /// <summary>The number of the step under way, from 0.</summary>
    public int Step => _steps.Count;

    /// <summary>The sum of the rewards.</summary>
    public double TotalReward { get; private set; }

    /// <summary>The sum of their sizes, which bounds the discounted return.</summary>
    public double AbsoluteReward { get; private set; }

    /// <summary>True while an action waits for its reward.</summary>
    public bool IsActing => _action is not null;

    /// <summary>The state of the step under way.</summary>
    public State State => _state;

    /// <summary>The action that waits for its reward.</summary>
    /// <exception cref="InvalidOperationException">None does.</exception>
    public AgentAction Action => _action ?? throw new InvalidOperationException("No action waits for its reward.");

    /// <summary>An action was chosen; one that waited for its reward is forgotten.</summary>
    /// <param name="state">The state it is taken in.</param>
    /// <param name="action">The action.</param>
    public void Act(State state, AgentAction action) => (_state, _action) = (state, action);

    /// <summary>The reward of the action that waits for it.</summary>
    /// <param name="reward">The reward.</param>
    /// <exception cref="InvalidOperationException">No action waits.</exception>
    public void Earn(double reward)
    {
        _steps.Add(new TrajectoryStep(_state, Action, reward));
        TotalReward += reward;
        AbsoluteReward += Math.Abs(reward);
        _action = null;
    }
}
