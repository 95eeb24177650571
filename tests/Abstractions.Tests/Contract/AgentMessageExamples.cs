namespace QLearning.Abstractions.Tests.Contract;

/// <summary>Examples of the messages of agents, sessions, rewards and history; see <see cref="MessageExamples"/>.</summary>
internal static class AgentMessageExamples
{
    private static readonly Guid _id = new("0198c0de-0000-7000-8000-000000000002");
    private static readonly Guid _otherId = new("0198c0de-0000-7000-8000-000000000003");
    private static readonly State _state = State.FromJson("{\"line_coverage\":7}");
    private static readonly AgentAction _action = AgentAction.Named("quick_scan");
    private static readonly DateTimeOffset _time = new(2026, 8, 1, 12, 30, 0, TimeSpan.FromHours(2));
    private static readonly LearnResult _learned = new(15.9, 2, 59, 4, 17);
    private static readonly UpdateId _update = new(_otherId, 17, 12);
    private static readonly UpdateReceipt _receipt = new(_id, 16, MessageExamples.Transition);
    private static readonly SelectedAction _selected = new(_action, 3.5, true, 0.05, new AgentAction(ActionKey.Parse("before")));

    private static readonly AgentInfo _agent = new()
    {
        AgentType = "coverage-analyzer",
        Instance = "ca-1",
        Status = AgentStatus.Error,
        ExplorationRate = 0.15,
        LearningRate = 0.3,
        TotalTasks = 7,
        SuccessfulTasks = 5,
        FailedTasks = 2,
        TotalReward = 12.5,
        AverageReward = 1.7857,
        QValuesStored = 4,
        SessionId = _id,
        Error = "out of memory",
        InitializedAt = _time,
        LastActivity = _time.AddHours(1),
        SettingsError = "explorationDecay is 2",
    };

    private static readonly SessionInfo _session = new()
    {
        Id = _id,
        AgentType = "coverage-analyzer",
        Name = "nightly",
        Environment = "ci",
        Status = SessionStatus.Failed,
        TaskCount = 3,
        TotalReward = -4.5,
        StartedAt = _time,
        EndedAt = _time.AddMinutes(5),
        MetadataJson = "{\"branch\":\"main\"}",
    };

    private static readonly StoredTrajectory _trajectory = new()
    {
        Id = _id,
        AgentType = "coverage-analyzer",
        SessionId = _otherId,
        TaskId = "task",
        StatesJson = "[1]",
        ActionsJson = "[\"a\"]",
        StepRewardsJson = "[0.5]",
        FinalStateJson = "2",
        TotalReward = 0.5,
        DiscountedReward = 0.25,
        ExecutionTime = TimeSpan.FromSeconds(2),
        Success = true,
        ErrorMessage = "none",
        StartedAt = _time,
        CompletedAt = _time.AddSeconds(2),
        MetadataJson = "{\"x\":1}",
        Truncated = true,
    };

    private static readonly Pattern _pattern = new()
    {
        Id = _id,
        AgentType = "coverage-analyzer",
        Name = "retry",
        Type = "strategy",
        Category = "stability",
        DataJson = "{\"n\":3}",
        TriggerConditionsJson = "{}",
        ExpectedOutcomeJson = "2",
        UsageCount = 5,
        SuccessCount = 3,
        FailureCount = 2,
        AverageReward = 1.5,
        Confidence = 0.23,
        FirstSeen = _time,
        LastUsed = _time.AddHours(1),
        ExpiresAt = _time.AddDays(1),
        Version = 4,
        ParentId = _otherId,
        MetadataJson = "{\"by\":1}",
    };

    private static readonly JobRun _run = new()
    {
        Job = MaintenanceJob.RefreshViews,
        StartedAt = _time,
        Duration = TimeSpan.FromSeconds(3),
        Deleted = [new DeletedRows("patterns", 2)],
        Error = "away",
    };

    private static readonly TrajectoryCursor _cursor = new(_id, _time, 12.3456m);
    private static readonly EpisodeSummary _summary = new(_id, 3, 12.5, 11.25, _agent);

    public static IReadOnlyList<object> All { get; } =
    [
        new AgentRegistration { ExplorationRate = 0.5, MinExplorationRate = 0.1, ExplorationDecay = 0.9, LearningRate = 0.25 },
        _agent,
        new AgentDecisionRequest
        {
            EpisodeId = _id, State = _state, Candidates = [_action], TaskId = "task", Step = 3, Update = _update, Seed = 17,
            IsKeptId = true,
        },
        new AgentDecision(2, _selected, 0.125, _learned, _receipt),
        new AgentDecision(2, _selected, 0.125),
        new AgentStepAnswer(new ObservationResult(_learned, null, _receipt), new AgentDecision(2, _selected, 0.125)),
        new Observation
        {
            EpisodeId = _id,
            Step = 2,
            Reward = -0.5,
            NextState = _state,
            Done = true,
            Success = true,
            ErrorMessage = "flaky",
            RewardSource = "junit",
            NextActions = [_action.Key],
            PatternsUsed = [_otherId],
            Update = _update,
            Truncated = true,
            Action = _action.Key,
            ActionState = _state.Key,
        },
        new ObservationResult(_learned, _summary, _receipt),
        new ObservationResult(null, null),
        _summary,
        new StateAction(_state, _action),
        new EpisodeSnapshot
        {
            EpisodeId = _id,
            TaskId = "task",
            StartedAt = _time,
            Steps = [new TrajectoryStep(_state, _action, 1)],
            Acting = new StateAction(_state, _action),
            Unlearned = _state,
            LastLearned = _learned,
            NewQValues = 1,
        },
        new SessionStart { AgentType = "coverage-analyzer", Name = "nightly", Environment = "ci", MetadataJson = "{}" },
        _session,
        new DelayedReward
        {
            Id = _id, State = _state.Key, Action = _action.Key, Reward = 5, TrajectoryId = _otherId, SessionId = _id, Source = "bug report",
        },
        new TrajectoryQuery
        {
            AgentType = "coverage-analyzer",
            SessionId = _id,
            TaskId = "task",
            Instance = "ca-1",
            Success = false,
            Order = TrajectoryOrder.Best,
            Limit = 7,
            After = _cursor,
        },
        new DeletedRows("q_values", 7),
        _run,
        new MaintenanceStatus { CleanUp = _run, RefreshViews = _run, Running = [MaintenanceJob.RefreshViews], Runs = 3 },
        _cursor,
        _pattern,
        new NewPattern
        {
            Name = "retry",
            Type = "strategy",
            Category = "stability",
            DataJson = "{\"n\":3}",
            TriggerConditionsJson = "{\"rate\":{\"$gt\":0.1}}",
            ExpectedOutcomeJson = "1",
            TimeToLive = TimeSpan.FromDays(3),
            MetadataJson = "{}",
            Id = _id,
        },
        new PatternUse { Id = _id, PatternId = _otherId, Success = true, Reward = -2.5 },
        new PatternQuery
        {
            Name = "rety", MinSimilarity = 0.4, Type = "strategy", Category = "stability", ContainsJson = "1", StateJson = "{}",
            AllVersions = true, Limit = 3,
        },
        new PatternMatch(_pattern, 0.75),
        _trajectory,
        new TrajectoryPage([_trajectory], _cursor),
    ];
}
