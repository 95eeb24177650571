using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Grains.Rewards;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;
using QLearning.Storage.Rewards;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>
/// Makes the Q-table of an activation hot: takes the ownership first, then reads, so that nothing read can still change. Its queries, and
/// those of what it makes, are not cancelled when the activation ends, only waited for no longer: Npgsql cancels a query by asking the
/// server and lets whoever cancels wait for that, which may take as long as the server hangs.
/// </summary>
internal sealed class HotTableFactory(
    IAgentTypeReader types,
    IQTableOwnership ownership,
    IQTableReader reader,
    IClientWindowReader windows,
    ILateRewardStore lateRewards,
    IQTableEraser eraser,
    IFlushPump pump,
    SiloBacklog backlog,
    QTableInstruments instruments,
    CoarseClock clock,
    IOptions<HotTableOptions> hotOptions,
    IOptions<WriteBehindOptions> flushOptions,
    ILogger<HotTableFactory> logger,
    TimeProvider time)
{
    /// <summary>An agent type as it is stored now.</summary>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="InvalidInputException">Its metadata holds a setting that is not allowed.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<AgentTypeInfo> ReadTypeAsync(string agentType)
    {
        var type = await types.GetAsync(agentType, CancellationToken.None);
        if (type.SettingsWarning is { } warning)
        {
            logger.SettingsDoubtful(agentType, warning);
        }

        return type;
    }

    /// <summary>Takes the ownership of a partition and loads it.</summary>
    /// <param name="key">The grain.</param>
    /// <param name="host">Its timer and end.</param>
    /// <param name="grains">The way to sessions.</param>
    /// <param name="release">
    /// Asks the owners of a table that had another number of partitions to write their changes and release their rows.
    /// </param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="NotOwnerException">The table has no such partition.</exception>
    /// <exception cref="FencedException">The table is being repartitioned.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<HotTable> LoadAsync(
        AgentTypeKey key, IFlusherHost host, IGrainFactory grains, Func<TablePartition, int, Task> release)
    {
        var began = time.GetTimestamp();
        var type = await ReadTypeAsync(key.AgentType);
        var owner = await TakeAsync(new TablePartition(key.AgentType, key.Partition, type.Settings.Partitions), release);
        var maxStates = type.Settings.HotLimit ?? hotOptions.Value.MaxStates;
        var table = await LoadTableAsync(owner.Partition, TimeSpan.FromDays(type.Settings.TtlDays), maxStates);
        var clients = new ClientWindows(clock);
        foreach (var window in await windows.ReadAsync(key, CancellationToken.None))
        {
            clients.Load(window.ClientId, new SequenceWindow(window.Floor, window.Above));
        }

        var rewards = new LateRewards(key.AgentType, lateRewards, id => grains.GetGrain<ISessionGrain>(id).Get().AsTask(), time);
        var flusher = new QTableFlusher(table, rewards, pump, backlog, owner, flushOptions.Value, host, time);
        var meter = instruments.Begin(key.AgentType, table);
        var loader = new StateLoader(key.AgentType, table, reader, maxStates, meter.Counts);
        var refresher = new TableRefresher(owner.Partition, table, reader, loader, time, logger);
        var random = hotOptions.Value.ExplorationSeed is { } seed ? new Random(seed) : new Random();
        var took = time.GetElapsedTime(began);
        instruments.Activated(key.AgentType, took);
        logger.Loaded(key.ToString(), owner.Epoch, table.StateCount, table.QValueCount, table.IsWhole, took);
        return new HotTable(
            type, owner, table, clients, loader, refresher, rewards, flusher, eraser, meter, hotOptions.Value.MaxStates, random);
    }

    /// <summary>An empty table for Q-values that other partitions own.</summary>
    public QTable Elsewhere() => new(clock, TimeSpan.MaxValue);

    private async Task<QTable> LoadTableAsync(TablePartition partition, TimeSpan timeToLive, int maxStates)
    {
        var table = new QTable(clock, timeToLive)
        {
            IsWhole = !await reader.HasMoreStatesThanAsync(partition, maxStates, CancellationToken.None),
        };
        if (table.IsWhole)
        {
            await reader.LoadAllAsync(partition, row => table.Load(row), CancellationToken.None);
        }

        return table;
    }

    private async Task<PartitionOwner> TakeAsync(TablePartition partition, Func<TablePartition, int, Task> release)
    {
        if (partition.Index >= partition.Count)
        {
            throw new NotOwnerException(partition.Owner, partition.Count);
        }

        var taken = await ownership.TakeAsync(partition, repartition: false, CancellationToken.None);
        if (taken is { Epoch: null, Partitions: > 0 and var before })
        {
            for (var other = 0; other < before; other++)
            {
                await (other == partition.Index
                    ? Task.CompletedTask
                    : release(new TablePartition(partition.AgentType, other, before), partition.Count));
            }

            taken = await ownership.TakeAsync(partition, repartition: true, CancellationToken.None);
        }

        return taken.Epoch is { } epoch
            ? new PartitionOwner(partition, taken.OwnerId, epoch)
            : throw new FencedException($"The Q-table of '{partition.AgentType}' is being repartitioned; retry.")
            {
                IsBeforeLearning = true,
            };
    }
}
