using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QLearning.Grains.AgentTypes;
using QLearning.Grains.Configuration;
using QLearning.Grains.Maintenance;
using QLearning.Grains.Patterns;
using QLearning.Grains.QTables;
using QLearning.Grains.Shutdown;
using QLearning.Grains.SqlChanges;
using QLearning.Grains.Telemetry;
using QLearning.Grains.Trajectories;
using QLearning.Learning.QTables;
using QLearning.Storage.Agents;
using QLearning.Storage.AgentTypes;
using QLearning.Storage.ApiKeys;
using QLearning.Storage.Patterns;
using QLearning.Storage.QTables;
using QLearning.Storage.Requests;
using QLearning.Storage.Rewards;
using QLearning.Storage.Sessions;
using QLearning.Storage.Trajectories;
using QLearning.Storage.WriteBehind;

namespace QLearning.Grains;

/// <summary>Registers what the grains need.</summary>
public static class QLearningGrainsExtensions
{
    /// <summary>
    /// Adds the grains' services. An <c>NpgsqlDataSource</c> on a migrated database must be registered too. The options
    /// <see cref="WriteBehindOptions"/> and <see cref="HotTableOptions"/> are validated at start.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    public static IServiceCollection AddQLearningGrains(this IServiceCollection services)
    {
        services.AddOptionsSection<WriteBehindOptions>("WriteBehind")
            .Validate(
                options => options.MinRetryDelay <= options.MaxRetryDelay,
                "QLearning:WriteBehind:MinRetryDelay must not be longer than MaxRetryDelay.")
            .Validate(
                options => options.MaxRowsPerBatch <= options.MaxRowsPerTransaction,
                "QLearning:WriteBehind:MaxRowsPerBatch must not be larger than MaxRowsPerTransaction.")
            .Validate(
                options => options.MaxBytesPerBatch <= options.MaxBytesPerTransaction,
                "QLearning:WriteBehind:MaxBytesPerBatch must not be larger than MaxBytesPerTransaction.");
        services.AddOptionsSection<HotTableOptions>("HotTables");
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FlushInstruments>();
        services.TryAddSingleton<SiloBacklog>();
        services.TryAddSingleton<IFlushPump, FlushPump>();
        services.TryAddSingleton<TrajectoryPump>();
        services.TryAddSingleton<ITrajectoryPump>(provider => new CountingTrajectoryPump(
            provider.GetRequiredService<TrajectoryPump>(), provider.GetRequiredService<EpisodeInstruments>()));
        services.TryAddSingleton<EpisodeInstruments>();
        services.TryAddSingleton<QTableInstruments>();
        services.TryAddSingleton<PatternInstruments>();
        services.TryAddSingleton<AgentTypeStore>();
        services.TryAddSingleton<IAgentTypeReader>(provider => provider.GetRequiredService<AgentTypeStore>());
        services.TryAddSingleton<AgentTypeRemoval>();
        services.TryAddSingleton<AgentTypeCache>();
        services.TryAddSingleton<AgentStore>();
        services.TryAddSingleton<IAgentStore>(provider => provider.GetRequiredService<AgentStore>());
        services.TryAddSingleton<PatternStore>();
        services.TryAddSingleton<SessionStore>();
        services.TryAddSingleton<TrajectoryReader>();
        services.TryAddSingleton<RewardReader>();
        services.TryAddSingleton<RequestKeyStore>();
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton<QTablePages>();
        services.TryAddSingleton<ITrajectoryTotals>(provider => provider.GetRequiredService<TrajectoryReader>());
        services.TryAddSingleton<ILateRewardStore, LateRewardStore>();
        services.TryAddSingleton<IQTableOwnership, QTableOwnership>();
        services.TryAddSingleton<IQTableReader, QTableReader>();
        services.TryAddSingleton<IQTableEraser, QTableEraser>();
        services.TryAddSingleton<IClientWindowReader, ClientWindowReader>();
        services.TryAddSingleton(provider => new CoarseClock(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<HotTableFactory>();
        services.TryAddSingleton<CallsAtStop>();
        HotTableWarmUp.Add(services);
        SqlChangeService.Add(services);
        MaintenanceScheduling.Add(services);
        DatabaseWatch.Add(services);
        return services;
    }
}
