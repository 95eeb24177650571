using QLearning.Abstractions;

namespace QLearning.Bench.Simulation;

/// <summary>What came of a schedule.</summary>
/// <param name="Plan">What it was made of.</param>
/// <param name="Failures">What is wrong; none: nothing.</param>
/// <param name="Trace">What happened, if that was asked for.</param>
/// <param name="Steps">How many steps it took.</param>
/// <param name="Acknowledged">How many updates were acknowledged.</param>
internal sealed record SimResult(SimPlan Plan, IReadOnlyList<string> Failures, IReadOnlyList<string> Trace, int Steps, int Acknowledged)
{
    public bool IsRight => Failures.Count == 0;
}

/// <summary>Runs one schedule: first things go wrong, then all is mended, and in the end everything must be as callers were told.</summary>
internal sealed class SimSchedule
{
    private const int MaxStepsToSettle = 200_000;

    private static readonly TimeSpan _settleLimit = TimeSpan.FromMinutes(10);

    // The last flushes, which nobody waits for.
    private static readonly TimeSpan _restOfFlushes = TimeSpan.FromSeconds(5);

    // A client that keeps nothing waits for none of what it sent: on a slow store that can be many flushes.
    private static readonly TimeSpan _restOfManyFlushes = TimeSpan.FromMinutes(1);

    private readonly SimWorld _world;
    private readonly SimEvents _events;

    private SimSchedule(SimWorld world) => (_world, _events) = (world, new SimEvents(world));

    public static SimResult Run(SimPlan plan, bool isTracing = false)
    {
        var before = SynchronizationContext.Current;
        try
        {
            using var world = new SimWorld(plan, isTracing);
            return new SimSchedule(world).Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private SimResult Run()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        Start();
        var plan = _world.Plan;
        while (_world.Scheduler.Steps < plan.FaultySteps && _world.Failures.Count == 0 && !IsDone() && _world.Scheduler.Step())
        {
            _events.Step();
        }

        Settle();
        return new SimResult(plan, _world.Failures, _world.Lines, _world.Scheduler.Steps, _world.Ledger.Acknowledged);
    }

    private void Start()
    {
        var plan = _world.Plan;
        _world.Store.Tables.Type = new AgentTypeInfo
        {
            AgentType = SimWorld.AgentType,
            DisplayName = SimWorld.AgentType,
            LearningRate = 0.5,
            Settings = new AgentTypeSettings { LearningRule = plan.Rule, Partitions = plan.Partitions },
        };
        _world.Cluster.Start();
        var callers = new SimCallers(_world);
        for (var i = 0; i < plan.Clients; i++)
        {
            var client = new SimClient(_world, $"client{i + 1}", resends: !(plan.Has(SimFaults.NoResending) && i == 0));
            _world.Clients.Add(client);
            for (var caller = 0; caller < plan.Callers; caller++)
            {
                client.Start(() => callers.CallAsync(client));
            }

            for (var caller = 0; caller < plan.OrderedCallers; caller++)
            {
                client.Start(() => callers.SetAsync(client));
            }
        }

        for (var agent = 0; agent < plan.Agents; agent++)
        {
            var (client, instance) = (_world.Clients[^1], $"agent{agent}");
            client.Start(() => callers.ActAsync(client, instance));
        }
    }

    private void Settle()
    {
        _world.Trace("everything is mended");
        _events.Mend();
        if (!RunUntil(IsDone, _settleLimit))
        {
            if (_world.Failures.Count == 0)
            {
                var escaped = _world.Scheduler.HasEscaped ? " Something ran on a thread of the pool." : string.Empty;
                _world.Fail($"It does not come to rest: {string.Join("; ", _world.Clients.Select(client => client.Progress))}.{escaped}");
            }

            return;
        }

        var rest = _world.Plan.Has(SimFaults.NoResending) ? _restOfManyFlushes : _restOfFlushes;
        var ends = _world.Scheduler.Now + rest.Ticks;
        RunUntil(() => _world.Scheduler.Now >= ends, rest * 2);
        _world.Ledger.Check();
        if (_world.Scheduler.HasEscaped)
        {
            _world.Fail("Something ran on a thread of the pool.");
        }
    }

    private bool IsDone() => _world.Clients.TrueForAll(client => client.IsDone);

    private bool RunUntil(Func<bool> isDone, TimeSpan limit)
    {
        var until = _world.Scheduler.Now + limit.Ticks;
        var steps = _world.Scheduler.Steps + MaxStepsToSettle;
        while (!isDone())
        {
            if (_world.Failures.Count > 0 || _world.Scheduler.Now > until || _world.Scheduler.Steps > steps || !_world.Scheduler.Step())
            {
                return false;
            }
        }

        return true;
    }
}
