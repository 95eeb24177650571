namespace QLearning.Learning.Tests;

/// <summary>A Q-table with a clock that the test moves.</summary>
internal sealed class TableFixture : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan TimeToLive = TimeSpan.FromDays(30);

    public TableFixture(bool isWhole = true)
    {
        Clock = new CoarseClock(Time, TimeSpan.FromHours(1));
        Table = new QTable(Clock, TimeToLive) { IsWhole = isWhole };
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public QTable Table { get; }

    public CoarseClock Clock { get; }

    public static StateKey State(int number) => StateKey.Parse($"s{number}");

    public static ActionKey Action(int number) => ActionKey.Parse($"a{number}");

    public static StoredQValue Stored(
        int state, int action, double value, long rowId = 1, int visits = 1, DateTimeOffset? expiresAt = null) =>
        new(rowId, State(state), Action(action), null, value, visits, 0.5, 0.5, expiresAt ?? Start + TimeToLive);

    public static Transition Step(int state, int action, double reward, int? next = null) => new()
    {
        State = new State(State(state)),
        Action = new AgentAction(Action(action)),
        Reward = reward,
        NextState = next is { } key ? new State(State(key)) : null,
        Done = next is null,
    };

    public static AgentTypeInfo Type(
        LearningRule rule = LearningRule.QLearning,
        double learningRate = 0.1,
        double discountFactor = 0.95,
        double explorationRate = 0.2) => new()
        {
            AgentType = "test-generator",
            DisplayName = "Test Generator",
            LearningRate = learningRate,
            DiscountFactor = discountFactor,
            ExplorationRate = explorationRate,
            Settings = new AgentTypeSettings { LearningRule = rule },
        };

    public void Set(int state, int action, double value) => Table.Set(State(state), null, Action(action), null, value);

    /// <summary>Writes all that waits to a database that takes everything.</summary>
    public void Flush(long firstRowId = 1)
    {
        var changes = Table.TakeChanges(int.MaxValue);
        var ids = Enumerable.Range(0, changes.Count).Where(i => changes[i].RowId == 0).ToDictionary(i => i, i => firstRowId + i);
        Table.Complete(changes, ids);
    }

    public QEntry Entry(int state, int action)
    {
        Assert.True(Table.TryGet(State(state), Action(action), out var entry));
        return entry;
    }

    public BestEntry? Best(int state) => Table.TryGetBest(State(state), out var best) ? best : null;

    public string? BestKey(int state) => Best(state) is { } best ? Table.Actions[best.ActionIndex].Key.ToString() : null;

    public void Dispose() => Clock.Dispose();
}
