namespace QLearning.Abstractions.Tests.Contract;

/// <summary>Examples of the messages of numbered updates; see <see cref="MessageExamples"/>.</summary>
internal static class UpdateMessageExamples
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000009");
    private static readonly Guid _owner = new("0198c0de-0000-7000-8000-00000000000a");
    private static readonly State _state = State.FromJson("{\"coverage_gap\":31}");
    private static readonly AgentAction _action = AgentAction.Named("run_all_tests");
    private static readonly LearnResult _learned = new(15.9, 2, 59, 4, 17);

    private static readonly StateQValues _next =
        new(StateKey.Parse("next"), [new QValue(_action.Key, _action.Json!, 3.25, 7, 0.56, 0.44)]);

    private static readonly UpdateGroup _transitions = new()
    {
        Number = 12,
        Numbers = [12, 15],
        Transitions = [MessageExamples.Transition, MessageExamples.Transition with { Reward = 2 }],
    };

    /// <summary>What may stand in a refusal: each error with which an owner refuses a group.</summary>
    private static readonly QLearningException[] _refusals =
    [
        InvalidInputException.For("transition", "s", "it has no next action", "a next action, or done"),
        new WriteBacklogFullException("test-generator", 120_000, 100_000, TimeSpan.FromSeconds(1.5)),
        WriteBacklogFullException.OfSilo("Q-values", 1_000_000, 1_000_000, TimeSpan.FromSeconds(2)),
        WriteBacklogFullException.OfBytes("test-generator/1", 1L << 40, 1L << 28, TimeSpan.FromSeconds(2)),
        UnknownSessionException.For(_client),
        new StorageUnavailableException("PostgreSQL refused 1 of 3 Q-values of 'test-generator'.") { MayHaveTakenEffect = true },
    ];

    public static IReadOnlyList<UpdateRefusal> Refusals { get; } = [.. _refusals.Select(
        (error, group) => new UpdateRefusal(group + 1, error))];

    public static IReadOnlyList<object> All { get; } =
    [
        _next,
        _transitions,
        new UpdateGroup { Number = 3, Upserts = [new QValueUpsert(_state, _action, 2.5)] },
        new UpdateGroup
        {
            Number = 5,
            Rewards = [new DelayedReward { Id = _client, State = _state.Key, Action = _action.Key, Reward = 5, Source = "bug report" }],
        },
        new UpdateBatch
        {
            ClientId = _client,
            SettledBelow = 10,
            Owner = _owner,
            Groups = [_transitions],
            NextStates = [_next],
            Mode = WriteMode.Durable,
            IsResent = true,
        },
        new UpdateResult
        {
            Owner = _owner,
            Durable = 16,
            Results = [_learned, _learned with { Version = 0 }],
            Refusals = [.. Refusals],
            Recorded = [1],
            NotDurable = "PostgreSQL is away",
        },
        new UpdateResult { Owner = _owner, Durable = 16 },
        .. Refusals,
        new Durability(_owner, 4, 17, 3),
        new UpdateId(_client, 17, 12),
        new UpdateReceipt(_owner, 16, MessageExamples.Transition),
    ];
}
