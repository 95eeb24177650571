namespace QLearning.Abstractions.Tests.Contract;

/// <summary>One message of each kind with no member at its default, and more where one cannot show all.</summary>
internal static class MessageExamples
{
    private static readonly StateKey _stateKey = StateKey.FromJson("{\"coverage_gap\":30}");
    private static readonly State _state = State.FromJson("{\"coverage_gap\":30}");
    private static readonly AgentAction _action = AgentAction.Named("run_all_tests");
    private static readonly AgentAction _otherAction = AgentAction.FromJson("{\"parallel\":4}");

    public static AgentTypeSettings Settings { get; } = new()
    {
        LearningRule = LearningRule.Sarsa,
        ExplorationPolicy = ExplorationPolicy.Ucb1,
        Temperature = 0.25,
        Ucb1Constant = 3,
        TtlDays = 7,
        WriteMode = WriteMode.Durable,
        HotLimit = 50_000,
        Partitions = 4,
    };

    public static AgentTypeInfo Type { get; } = new()
    {
        AgentType = "test-generator",
        DisplayName = "Test Generator",
        Description = "Writes tests",
        LearningRate = 0.3,
        DiscountFactor = 0.8,
        ExplorationRate = 0.4,
        MinExplorationRate = 0.02,
        ExplorationDecay = 0.9,
        IsActive = true,
        Settings = Settings,
        StateSpaceDimensions = 12,
        ActionSpaceDimensions = 7,
        SettingsError = "ttlDays is 0",
        SettingsWarning = "ttldays",
    };

    public static SelectActionRequest Request { get; } = new()
    {
        State = _stateKey,
        Candidates = [_action, _otherAction],
        ExplorationRate = 0.3,
    };

    public static Transition Transition { get; } = new()
    {
        State = _state,
        Action = _action,
        Reward = -1.5,
        NextState = State.FromKey("next"),
        NextAction = _otherAction,
        NextActions = [_action.Key, _otherAction.Key],
        Done = true,
        LearningRate = 0.7,
        ExplorationRate = 0.6,
    };

    public static Trajectory Trajectory { get; } = new()
    {
        Id = new Guid("0198c0de-0000-7000-8000-000000000001"),
        TaskId = "task 7",
        Steps = [new TrajectoryStep(_state, _action, 0.5), new TrajectoryStep(State.FromKey("b"), _otherAction, -2)],
        FinalState = State.FromKey("end"),
        Success = true,
        ErrorMessage = "none — really",
        StartedAt = new DateTimeOffset(2026, 8, 1, 12, 30, 0, TimeSpan.FromHours(2)),
        ExecutionTime = TimeSpan.FromMilliseconds(1234.5),
        MetadataJson = "{\"ci\":true}",
        RewardSource = "junit",
        SessionId = new Guid("0198c0de-0000-7000-8000-000000000009"),
        DiscountedReward = -1.4,
    };

    public static IReadOnlyList<object> All { get; } =
    [
        _state,
        _action,
        Settings,
        Type,
        Type with { IsActive = false },
        Request,
        new SelectedAction(_action, 3.5, true, 0.05),
        new BestAction(_action.Key, _action.Json!, 7.25, 0.61, 12),
        new QValue(_otherAction.Key, _otherAction.Json!, -4.5, 3, 0.52, 0.48),
        new QValueUpsert(_state, _action, 9.75),
        new LearnResult(15.9, 2, 59, 4, 17),
        .. UpdateMessageExamples.All,
        Transition,
        new TrajectoryStep(_state, _action, 0.25),
        Trajectory,
        new AgentTypeStatistics
        {
            AgentType = "test-generator",
            States = 1,
            QValues = 2,
            Actions = 3,
            Visits = 1L << 40,
            IsWhole = true,
            Backlog = 6,
            Updates = 1L << 41,
            Flushed = 1L << 42,
            Epoch = 9,
            Watermark = 10,
            Silo = "S127.0.0.1:11111:1",
            Partitions = 3,
        },
        .. AgentMessageExamples.All,
    ];
}
