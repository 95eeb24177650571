using System.Diagnostics.Metrics;
using QLearning.Grains.QTables;
using QLearning.Grains.Rewards;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.Tests.QTables.Unit;

/// <summary>A flusher with a table, a pump that the test drives, and a grain that notes what it is told.</summary>
internal sealed class FlusherFixture : IFlusherHost, IMeterFactory
{
    private readonly CoarseClock _clock = new(TimeProvider.System);
    private readonly Learner _learner = new(new AgentTypeInfo
    {
        AgentType = "test-generator",
        DisplayName = "Test Generator",
        LearningRate = 0.1,
        DiscountFactor = 0.9,
        ExplorationRate = 0.1,
    });

    private readonly ClientWindows _windows;
    private readonly List<Meter> _meters = [];
    private Task _flush = Task.CompletedTask;
    private long _lastNumber;

    public FlusherFixture(Action<WriteBehindOptions>? configure = null, TimeProvider? time = null)
    {
        configure?.Invoke(Options);
        Table = new QTable(_clock, TimeSpan.FromDays(30)) { IsWhole = true };
        _windows = new ClientWindows(_clock);
        Backlog = new SiloBacklog(Microsoft.Extensions.Options.Options.Create(Options), this);
        Rewards = new LateRewards("test-generator", null!, null!, TimeProvider.System);
        Flusher = new QTableFlusher(Table, Rewards, Pump, Backlog, Owner, Options, this, time ?? TimeProvider.System);
    }

    public static Guid Client { get; } = Guid.NewGuid();

    public static PartitionOwner Owner { get; } = new(TablePartition.Whole("test-generator"), Guid.NewGuid(), 7);

    public WriteBehindOptions Options { get; } = new();

    public QTable Table { get; }

    public SiloBacklog Backlog { get; }

    public LateRewards Rewards { get; }

    public FakePump Pump { get; } = new();

    public QTableFlusher Flusher { get; }

    /// <summary>When the grain's timer is due.</summary>
    public TimeSpan? Due { get; private set; }

    public int StaysAlive { get; private set; }

    public bool HeardFenced { get; private set; }

    public int Refused { get; private set; }

    public int Lost { get; private set; }

    TimeSpan IFlusherHost.KeepAliveInterval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Learns a Q-value in a state; returns the update's place among all.</summary>
    public long Change(int state, string? json = null)
    {
        _lastNumber++;
        _learner.UpsertMany(
            Table,
            [new QValueUpsert(new State(StateKey.Parse($"s{state}"), json), AgentAction.Named("a"), state)],
            new UpdateNumbers(_windows, Client, 1, new[] { _lastNumber }));
        Flusher.Changed();
        return Table.NewestUpdate;
    }

    /// <summary>Learns late rewards of a state's Q-value.</summary>
    public void Reward(int state, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var place = Change(state);
            var reward = new DelayedReward { State = StateKey.Parse($"s{state}"), Action = ActionKey.Parse("a"), Reward = 1 };
            Rewards.Learned(
                [(reward, new RewardWrite(reward.Id, null, null, reward.State, reward.Action, 1, null, DateTimeOffset.UnixEpoch))], place);
            Flusher.Changed();
        }
    }

    /// <summary>The states of a batch's rows, in its order.</summary>
    public IEnumerable<string> States(int batch) => Pump.Batches[batch].Writes.Select(write => write.State.ToString());

    public Task CommittedAsync(params int[] leftOut)
    {
        // Its end may begin the next.
        var flush = _flush;
        Pump.Commit(leftOut);
        return flush;
    }

    public Task EndedAsync(FlushStatus status)
    {
        var flush = _flush;
        Pump.End(status);
        return flush;
    }

    /// <summary>Waits until a batch is handed over.</summary>
    public Task HandedOverAsync() => Eventually.Holds(() => Pump.UnderWay == 1, "a batch to be handed over");

    /// <summary>Each row of the batch under way is refused.</summary>
    public Task EachRefusedAsync()
    {
        var flush = _flush;
        Pump.RefuseEach();
        return flush;
    }

    void IFlusherHost.Arm(TimeSpan due) => Due = due;

    void IFlusherHost.StayAlive() => StaysAlive++;

    void IFlusherHost.OnFenced() => HeardFenced = true;

    void IFlusherHost.OnRefused(int count, Exception error) => Refused += count;

    void IFlusherHost.OnLost(int count, Exception error) => Lost += count;

    void IFlusherHost.Watch(Task task) => _flush = task;

    Meter IMeterFactory.Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        Flusher.Dispose();
        _clock.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
