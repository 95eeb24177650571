using Microsoft.Extensions.Options;
using QLearning.Grains.Agents;
using QLearning.Grains.AgentTypes;
using QLearning.Grains.QTables;
using QLearning.Grains.SqlChanges;
using QLearning.Grains.Telemetry;
using QLearning.Learning.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Bench.Simulation;

/// <summary>One silo: its lane, and what its grains share.</summary>
internal sealed class SimSilo
{
    private static readonly CoarseClock _clock = new(new StoppedTime());
    private static readonly NoMeters _meters = new();
    private static readonly FlushInstruments _instruments = new(_meters);
    private static readonly IOptions<HotTableOptions> _hotOptions = Options.Create(new HotTableOptions { ExplorationSeed = 1 });

    private static readonly IOptions<TelemetryOptions> _telemetryOptions = Options.Create(new TelemetryOptions());

    private readonly SimWorld _world;
    private readonly HotTableFactory _tables;
    private readonly AgentTypeCache _types;
    private readonly ModelTrajectoryPump _trajectories;

    public SimSilo(SimWorld world, string name)
    {
        _world = world;
        Node = new SimNode(name);
        Pool = new SimContext(world.Scheduler, Node, isFifo: false);
        Time = new SimTime(world.Scheduler, Pool);
        Grains = new SimGrains(world);
        var options = Options.Create(new WriteBehindOptions
        {
            MaxBacklog = world.Plan.MaxBacklog,
            MaxRowsPerBatch = world.Chance.Next(3) == 0 ? world.Chance.Next(1, 5) : 20_000,
        });
        _trajectories = new ModelTrajectoryPump(world, Time);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Pool);
        var scheduler = TaskScheduler.FromCurrentSynchronizationContext();
        _types = new AgentTypeCache(world.Store, Time, scheduler);
        var lane = new WriteLane<QTableBatch, FlushOutcome>(
            new ModelLaneWriter(world, name),
            options.Value,
            _instruments,
            new SimLogger<SimSilo>(world, name),
            Time,
            scheduler);
        SynchronizationContext.SetSynchronizationContext(before);
        _tables = new HotTableFactory(
            world.Store,
            world.Store,
            world.Store,
            world.Store,
            world.Store,
            world.Store,
            new ModelFlushPump(lane),
            new SiloBacklog(options, _meters, Time),
            new QTableInstruments(_meters, new AgentTypeTags(_telemetryOptions)),
            _clock,
            _hotOptions,
            options,
            new SimLogger<HotTableFactory>(world, name),
            Time);
    }

    public SimNode Node { get; }

    /// <summary>Where what is not a grain runs.</summary>
    public SimContext Pool { get; }

    public SimTime Time { get; }

    public SimGrains Grains { get; }

    public ActiveTables Active { get; } = new();

    public SimActivation Activate(string key) => key.Contains('/')
        ? new(_world, this, key, MakeAgent(), isReentrant: false)
        : new(_world, this, key, MakeTable(), isReentrant: true);

    private AgentGrain MakeAgent() =>
        new(_world.Store, _types, _trajectories, _world.Store, new ChangeMarks(), Time, new SimLogger<AgentGrain>(_world, Node.Name));

    private AgentTypeGrain MakeTable() =>
        new(_tables, Active, _trajectories, _world.Store, _world.CallsAtStop, Time, new SimLogger<AgentTypeGrain>(_world, Node.Name));
}
