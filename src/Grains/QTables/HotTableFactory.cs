using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.QTables;

/// <summary>
/// Makes the Q-table of an activation hot: takes the ownership first, then reads, so that nothing read can still change. Its queries, and those of
/// what it makes, are not cancelled when the activation ends, only waited for no longer: Npgsql cancels a query by asking the server and lets
/// whoever cancels wait for that, which may take as long as the server hangs.
/// </summary>
internal sealed class HotTableFactory(
    AgentTypeStore types,
    QTableOwnership ownership,
    QTableReader reader,
    ClientWindowReader windows,
    IFlushPump pump,
    SiloBacklog backlog,
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
    public Task<AgentTypeInfo> ReadTypeAsync(string agentType) => types.GetAsync(agentType, CancellationToken.None);

    /// <summary>Loads a table, or the part of it that a grain owns.</summary>
    /// <param name="owner">The grain.</param>
    /// <param name="host">Its timer and end.</param>
    /// <param name="letGo">Asks the grains that own the parts of a table that was split otherwise to write what they have.</param>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="FencedException">The table is split into other parts.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<HotTable> LoadAsync(AgentTypeKey owner, IFlusherHost host, Func<TablePartition, Task> letGo)
    {
        var began = time.GetTimestamp();
        var type = await types.GetAsync(owner.AgentType, CancellationToken.None);
        var part = new TablePartition(owner.AgentType, owner.Partition, type.Settings.Partitions);
        var epoch = await TakeAsync(part, letGo);
        var table = new QTable(clock, TimeSpan.FromDays(type.Settings.TtlDays));
        var maxStates = type.Settings.HotLimit ?? hotOptions.Value.MaxStates;
        table.IsWhole = !await reader.HasMoreStatesThanAsync(part, maxStates, CancellationToken.None);
        if (table.IsWhole)
        {
            var actions = await reader.LoadAllAsync(part, row => table.Load(StoredRows.ToLearning(row)), CancellationToken.None);
            foreach (var (action, json) in actions)
            {
                table.Actions.SetJson(table.Actions.Intern(action, json), json);
            }
        }

        var loader = new StateLoader(owner.AgentType, table, reader, maxStates);
        var clients = new ClientWindows(clock);
        foreach (var window in await windows.ReadAsync(owner, CancellationToken.None))
        {
            clients.Load(window.ClientId, new SequenceWindow(window.Floor, window.Above));
        }

        var flusher = new QTableFlusher(table, clients, pump, backlog, owner, epoch, flushOptions.Value, host);
        var random = hotOptions.Value.ExplorationSeed is { } seed ? new Random(seed) : new Random();
        logger.Loaded(owner.ToString(), epoch, table.StateCount, table.QValueCount, table.IsWhole, time.GetElapsedTime(began));
        var refresher = new TableRefresher(part, table, reader, loader, time, logger);
        return new HotTable(type, part, epoch, table, clients, loader, refresher, flusher, hotOptions.Value.MaxStates, random);
    }

    /// <summary>A table of what other grains own, for reading only.</summary>
    public QTable Elsewhere() => new(clock, TimeSpan.MaxValue);

    private async Task<long> TakeAsync(TablePartition part, Func<TablePartition, Task> letGo)
    {
        if (part.Index >= part.Count)
        {
            throw SplitOtherwise(part.Owner, part.Count);
        }

        var taken = await ownership.TakeAsync(part, resplit: false, CancellationToken.None);
        if (taken is { Epoch: null, SplitInto: > 0 })
        {
            for (var other = 0; other < taken.SplitInto; other++)
            {
                await (other == part.Index ? Task.CompletedTask : letGo(part with { Index = other }));
            }

            taken = await ownership.TakeAsync(part, resplit: true, CancellationToken.None);
        }

        return taken.Epoch ?? throw new FencedException($"The Q-table of '{part.AgentType}' is being split otherwise. Call again.");
    }

    /// <summary>What a caller is told that asks a grain for what belongs to another one.</summary>
    public static FencedException SplitOtherwise(AgentTypeKey asked, int count) =>
        new($"'{asked}' does not own what it was asked for: the Q-table of '{asked.AgentType}' is split into {count} parts. Ask the owner.");
}
