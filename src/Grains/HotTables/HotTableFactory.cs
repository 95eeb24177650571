using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.QTables;
using QLearning.Learning.Updates;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains.HotTables;

/// <summary>Makes the Q-table of an activation hot: takes the ownership first, then reads, so that nothing read can still change.</summary>
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
    public Task<AgentTypeInfo> ReadTypeAsync(string agentType, CancellationToken stopping) => types.GetAsync(agentType, stopping);

    /// <summary>Loads a table.</summary>
    /// <exception cref="UnknownAgentTypeException">The agent type is not registered.</exception>
    /// <exception cref="StorageUnavailableException">PostgreSQL cannot be asked.</exception>
    public async Task<HotTable> LoadAsync(AgentTypeKey owner, IFlusherHost host, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        var type = await types.GetAsync(owner.AgentType, stopping);
        var epoch = await ownership.TakeAsync(owner, stopping);
        var table = new QTable(clock, TimeSpan.FromDays(type.Settings.TtlDays));
        var maxStates = type.Settings.HotLimit ?? hotOptions.Value.MaxStates;
        table.IsWhole = !await reader.HasMoreStatesThanAsync(owner.AgentType, maxStates, stopping);
        if (table.IsWhole)
        {
            var actions = await reader.LoadAllAsync(owner.AgentType, row => table.Load(StoredRows.ToLearning(row)), stopping);
            foreach (var (action, json) in actions)
            {
                table.Actions.SetJson(table.Actions.Intern(action, json), json);
            }
        }

        var loader = new StateLoader(owner.AgentType, table, reader, maxStates, stopping);
        var clients = new ClientWindows(clock);
        foreach (var window in await windows.ReadAsync(owner.AgentType, stopping))
        {
            clients.Load(window.ClientId, new SequenceWindow(window.Floor, window.Above));
        }

        var flusher = new QTableFlusher(table, clients, pump, backlog, owner, epoch, flushOptions.Value, host);
        var random = hotOptions.Value.ExplorationSeed is { } seed ? new Random(seed) : new Random();
        logger.Loaded(owner.ToString(), epoch, table.StateCount, table.QValueCount, table.IsWhole, time.GetElapsedTime(began));
        var refresher = new TableRefresher(owner.AgentType, table, reader, loader, stopping);
        return new HotTable(type, epoch, table, clients, loader, refresher, flusher, hotOptions.Value.MaxStates, random);
    }
}
