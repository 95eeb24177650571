using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QLearning.Grains.Configuration;
using QLearning.Storage.SqlChanges;

namespace QLearning.Grains.SqlChanges;

/// <summary>
/// Starts the watch before the silo takes calls, so that no table is loaded before somebody looks, and stops it after the grains.
/// </summary>
internal sealed class SqlChangeService(SqlChangeWatch watch) : ILifecycleParticipant<ISiloLifecycle>
{
    public static void Add(IServiceCollection services)
    {
        services.AddOptionsSection<SqlChangeOptions>("SqlChanges");
        services.TryAddSingleton<ActiveTables>();
        services.TryAddSingleton<ChangeMarks>();
        services.TryAddSingleton<ISqlChangeSink, SqlChangeRelay>();
        services.TryAddSingleton<SqlChangeWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SqlChangeService>();
    }

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SqlChangeService), ServiceLifecycleStage.ApplicationServices, watch.StartAsync, _ => watch.DisposeAsync().AsTask());
}
