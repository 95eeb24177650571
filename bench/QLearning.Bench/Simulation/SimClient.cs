using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Client.Partitions;
using QLearning.Client.Telemetry;
using QLearning.Client.Updates;

namespace QLearning.Bench.Simulation;

/// <summary>A client process: the real sender, list, router and agents.</summary>
internal sealed class SimClient
{
    private static readonly TimeSpan[] _retryFor = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)];

    private static readonly ClientInstruments _instruments = new(new NoMeters());

    private readonly SimWorld _world;
    private readonly SimCalls _calls;
    private readonly UpdateSenderOptions _options;
    private readonly OwnerCalls _owners;
    private int _running;

    public SimClient(SimWorld world, string name, bool resends)
    {
        (_world, Name, Resends) = (world, name, resends);
        Node = new SimNode(name);
        Context = new SimContext(world.Scheduler, Node, isFifo: false);
        Time = new SimTime(world.Scheduler, Context);
        Grains = new SimGrains(world);
        var retryFor = _retryFor[world.Chance.Next(_retryFor.Length)];
        _calls = new SimCalls(Time, world.Chance, retryFor);
        _options = new UpdateSenderOptions(
            world.Plan.Has(SimFaults.SmallRoom) ? world.Chance.Next(1, 6) : 50_000, retryFor, world.Plan.MergesCalls, resends)
        {
            // Few numbers, so that sequences of them end.
            MaxSpan = world.Chance.Next(2) == 0 ? world.Chance.Next(1, 20) : UpdateSenderOptions.DefaultMaxSpan,
        };
        _owners = new OwnerCalls(SimWorld.AgentType, new QTableRouter(new AgentTypeKey(SimWorld.AgentType), Grains), _calls);
        Sender = Make();
    }

    public string Name { get; }

    public SimNode Node { get; }

    public SimContext Context { get; }

    public SimTime Time { get; }

    public SimGrains Grains { get; }

    public bool Resends { get; }

    /// <summary>Sends its updates.</summary>
    public UpdateSender Sender { get; private set; }

    /// <summary>True when its callers have all answers and everything is durable.</summary>
    public bool IsDone => !Node.IsAlive || (_running == 0 && Sender.NotDurableCount == 0);

    public string Progress => $"{Name}: {_running} callers wait, {Sender.NotDurableCount} updates are not durable";

    /// <summary>Starts a caller.</summary>
    public void Start(Func<Task> caller)
    {
        _running++;
        Context.Post(_ => _ = RunAsync(caller), null);
    }

    public AgentClient Agent(string instance) =>
        new(new AgentKey(SimWorld.AgentType, instance), Grains, _calls, () => Sender, (_, _) => { }, Time);

    /// <summary>Goes on with a new list.</summary>
    public void DropList()
    {
        Sender.Dispose();
        Sender = Make();
    }

    private UpdateSender Make() => new(
        SimWorld.AgentType,
        _world.Plan.Sabotage == Sabotage.None ? _owners : new SabotagedCalls(_world, this, _owners),
        _options,
        _instruments,
        new SimLogger<UpdateSender>(_world, Name),
        Time);

    private async Task RunAsync(Func<Task> caller)
    {
        try
        {
            await caller();
        }
        catch (Exception error)
        {
            _world.Fail($"A caller of {Name} was told: {error}");
        }

        _running--;
    }
}
