using QLearning.Abstractions;

namespace QLearning.Bench.Simulation;

/// <summary>What happens to processes, the agent type and the store.</summary>
/// <param name="world">The schedule.</param>
internal sealed class SimEvents(SimWorld world)
{
    // More schedules with few events find more than few with many.
    private const int MaxEvents = 12;
    private const int MaxPartitions = 4;

    private static readonly TimeSpan _longestOutage = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _longestGone = TimeSpan.FromSeconds(3);

    private static readonly SimFaults[] _kinds =
    [
        SimFaults.SiloCrash, SimFaults.Zombie, SimFaults.ClientCrash, SimFaults.Outage, SimFaults.Repartition, SimFaults.Delete,
        SimFaults.Restore, SimFaults.Inactive, SimFaults.Deactivation,
    ];

    private readonly SimFaults[] _enabled = [.. _kinds.Where(world.Plan.Has)];
    private int _events;
    private ModelTables? _backup;
    private AgentTypeInfo? _deleted;

    /// <summary>Maybe something happens.</summary>
    public void Step()
    {
        if (_enabled.Length > 0 && _events < MaxEvents && world.Chance.NextDouble() < world.Plan.EventRate)
        {
            _events++;
            Happen(_enabled[world.Chance.Next(_enabled.Length)]);
        }
    }

    /// <summary>All that was broken is mended.</summary>
    public void Mend()
    {
        world.IsSettling = true;
        // A batch with no row that the store takes is kept and tried again.
        world.Store.IsAway = world.Store.IsRefusing = false;
        MakeAgain();
        world.Cluster.EndZombies();
        Change(world.Store.Tables.Type! with { IsActive = true });
    }

    private void Happen(SimFaults kind)
    {
        switch (kind)
        {
            case SimFaults.SiloCrash:
                world.Cluster.Crash();
                break;
            case SimFaults.Zombie:
                world.Cluster.MakeZombie();
                break;
            case SimFaults.ClientCrash when world.Clients.FindAll(client => client.Node.IsAlive) is { Count: > 1 } alive:
                Kill(alive[world.Chance.Next(alive.Count)]);
                break;
            case SimFaults.Outage when !world.Store.IsAway:
                world.Trace("the store is away");
                world.Store.IsAway = true;
                world.Scheduler.After(_longestOutage * world.Chance.NextDouble(), () => world.Store.IsAway = false);
                break;
            case SimFaults.Repartition when world.Store.Tables.Type is { } type:
                Change(type with { Settings = type.Settings with { Partitions = world.Chance.Next(1, MaxPartitions + 1) } });
                break;
            case SimFaults.Delete when world.Store.Tables.Type is { } type:
                Delete(type);
                break;
            case SimFaults.Restore:
                Restore();
                break;
            case SimFaults.Inactive when world.Store.Tables.Type is { } type:
                Change(type with { IsActive = !type.IsActive });
                break;
            case SimFaults.Deactivation:
                world.Cluster.Deactivate();
                break;
            default:
                break;
        }
    }

    private void Kill(SimClient client)
    {
        world.Trace($"{client.Name} dies");
        client.Node.Kill();
        world.Ledger.Died(client);
    }

    private void Change(AgentTypeInfo type)
    {
        world.Trace($"the agent type has {type.Settings.Partitions} partitions, active: {type.IsActive}");
        world.Store.Tables.Type = type;
        world.Cluster.TellSettings();
    }

    private void Delete(AgentTypeInfo type)
    {
        world.Trace("the agent type is deleted");
        var before = world.Store.Tables.Copy();
        world.Store.Tables.Delete();
        if (world.Is(Sabotage.EpochComesAgain))
        {
            world.Store.Tables.Epochs = 0;
        }

        world.Ledger.Lost(before, world.Store.Tables);
        _deleted = type;
        world.Scheduler.After(_longestGone * world.Chance.NextDouble(), MakeAgain);
    }

    private void MakeAgain()
    {
        if (_deleted is { } type && world.Store.Tables.Type is null)
        {
            world.Trace("the agent type is made again");
            world.Store.Tables.Type = type;
        }
    }

    private void Restore()
    {
        if (_backup is not { } backup)
        {
            world.Trace("a backup is made");
            _backup = world.Store.Tables.Copy();
            return;
        }

        world.Trace("the store is set back to the backup");
        var before = world.Store.Tables;
        world.Store.Tables = backup.Copy();
        _deleted ??= before.Type;
        world.Ledger.Lost(before, world.Store.Tables);
        MakeAgain();
    }
}
