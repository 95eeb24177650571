namespace QLearning.Abstractions.Tests.Contract;

/// <summary>Examples of the messages of listings and of forgetting; see <see cref="MessageExamples"/>.</summary>
internal static class ListingMessageExamples
{
    private const string Type = "coverage-analyzer";

    private static readonly Guid _id = new("0198c0de-0000-7000-8000-000000000004");
    private static readonly Guid _otherId = new("0198c0de-0000-7000-8000-000000000005");
    private static readonly DateTimeOffset _time = new(2026, 8, 1, 12, 30, 0, TimeSpan.FromHours(2));
    private static readonly StateKey _state = StateKey.Parse("a1b2c3d4");
    private static readonly ActionKey _action = ActionKey.Parse("quick_scan");
    private static readonly SessionCursor _sessionCursor = new(_id, _time);
    private static readonly RewardCursor _rewardCursor = new(1L << 40, _time);
    private static readonly StateCursor _stateCursor = new(_state, -1.25m, 1L << 41);
    private static readonly QValueCursor _qValueCursor = new(_state, _action, 0.000001m, 12);

    private static readonly StoredReward _reward = new()
    {
        Id = 1L << 42,
        AgentType = Type,
        SessionId = _id,
        TrajectoryId = _otherId,
        State = "a1b2c3d4",
        Action = "quick_scan",
        Reward = -0.5,
        Type = "terminal",
        Source = "junit",
        ObservedAt = _time,
        MetadataJson = "{\"learned\": true}",
    };

    private static readonly StateSummary _summary = new()
    {
        State = _state,
        StateJson = "{\"gap\":3}",
        Actions = 4,
        Visits = 1L << 43,
        BestAction = _action,
        BestActionJson = "{}",
        BestValue = 3.5,
    };

    private static readonly ListedQValue _listed = new()
    {
        State = _state,
        StateJson = "{\"gap\":3}",
        Value = new QValue(_action, "{}", -4.5, 3, 0.52, 0.48),
    };

    public static IReadOnlyList<object> All { get; } =
    [
        new RequestClaim
        {
            Scope = "ci", Key = "build-17", Digest = [1, 2, 3], Numbers = new UpdateId(_id, 17, 1), Holder = _otherId,
            HoldFor = TimeSpan.FromSeconds(7), IsRenewal = true,
        },
        new ApiKeyHolder
        {
            Name = "nightly", Scopes = [ApiScope.Read, ApiScope.Admin], AgentTypes = new[] { Type }, ExpiresAt = DateTimeOffset.UnixEpoch,
        },
        new ClaimedRequest(RequestClaimOutcome.Busy, new UpdateId(_id, 17, 1), "{}", TimeSpan.FromSeconds(3)),
        new AgentQuery { AgentType = Type, Prefix = "ca-", Status = AgentStatus.Paused, Limit = 7, After = "ca-3" },
        new AgentPage([new AgentInfo { AgentType = Type, Instance = "ca-1" }], "ca-1"),
        new SessionQuery
        {
            AgentType = Type, Statuses = [SessionStatus.Failed, SessionStatus.Completed], Limit = 7, After = _sessionCursor,
        },
        _sessionCursor,
        new SessionPage([new SessionInfo { Id = _id, AgentType = Type }], _sessionCursor),
        new RewardQuery
        {
            AgentType = Type, TrajectoryId = _id, SessionId = _otherId, State = _state, Action = _action, Limit = 7, After = _rewardCursor,
        },
        _rewardCursor,
        _reward,
        new RewardPage([_reward], _rewardCursor),
        new StateQuery { AgentType = Type, Prefix = "a1", Order = StateOrder.LeastVisited, Limit = 7, After = _stateCursor },
        _stateCursor,
        _summary,
        new StatesPage([_summary], _stateCursor),
        new QValueQuery { AgentType = Type, Prefix = "a1", Order = QValueOrder.Highest, Limit = 7, After = _qValueCursor },
        _qValueCursor,
        _listed,
        new QValuePage([_listed], _qValueCursor),
        new ForgetRequest { State = _state, Action = _action, IsDryRun = true, Id = _id },
        new ForgetResult(1L << 44, 3),
    ];
}
