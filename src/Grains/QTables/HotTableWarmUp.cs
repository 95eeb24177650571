using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.QTables;

namespace QLearning.Grains.QTables;

/// <summary>
/// Runs once what an activation runs, before the silo takes calls: the code of a first activation has yet to be compiled and connections
/// have to be opened, which is what everybody would wait for when a silo that has just started takes over from one that was lost. Reads
/// only.
/// </summary>
internal sealed partial class HotTableWarmUp(
    AgentTypeStore types, IQTableReader reader, IClientWindowReader windows, CoarseClock clock, ILogger<HotTableWarmUp> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // No agent type has this name, so there is nothing to load.
    private const string NoAgentType = "";

    private static readonly State _state = State.FromKey("warm-up");

    public static void Add(IServiceCollection services) => services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, HotTableWarmUp>();

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(HotTableWarmUp), ServiceLifecycleStage.ApplicationServices, RunAsync, _ => Task.CompletedTask);

    [LoggerMessage(1009, LogLevel.Warning, "The warm-up did not end, so the first calls will take longer")]
    private static partial void LogFailed(ILogger logger, Exception error);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if ((await types.ListAsync(cancellationToken)).FirstOrDefault(type => type.SettingsError is null) is { } any)
            {
                await WarmUpAsync(await types.GetAsync(any.AgentType, cancellationToken), cancellationToken);
            }
        }
        catch (QLearningException error)
        {
            LogFailed(logger, error);
        }
    }

    private async Task WarmUpAsync(AgentTypeInfo type, CancellationToken cancellationToken)
    {
        var table = new QTable(clock, TimeSpan.FromDays(type.Settings.TtlDays));
        await reader.HasMoreStatesThanAsync(TablePartition.Whole(NoAgentType), 0, cancellationToken);
        await reader.LoadAllAsync(TablePartition.Whole(NoAgentType), row => table.Load(row), cancellationToken);
        await reader.LoadStatesAsync(type.AgentType, [_state.Key], row => table.Load(row), cancellationToken);
        await windows.ReadAsync(AgentTypeKey.For(type.AgentType), cancellationToken);
        new Learner(type).Learn(table, new Transition { State = _state, Action = AgentAction.Named("warm-up"), Reward = 0, Done = true });
        table.TryGetBest(_state.Key, out _);
    }
}
