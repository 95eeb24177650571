using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QLearning.Silo;

namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Whoever runs a silo reads in its log which settings that SQL wrote it does not take.</summary>
public sealed class SettingsLogTests
{
    private const string Type = "test-generator";

    [Fact]
    public async Task Refused_settings_and_misspelt_names_are_warned_of_with_the_type_and_the_reason()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var logs = new FakeLoggerProvider();
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = database.ConnectionString }, logging => logging.AddProvider(logs));
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAgentTypeGrain>(Type);
        await grain.GetStatistics();
        Assert.Empty(Warnings(logs, 1005, 1010));

        await database.ExecuteInAsync($$"""update agent_types set metadata = '{"ttldays": 60}' where agent_type = '{{Type}}'""");
        await Eventually.Holds(() => Warnings(logs, 1010).Length > 0, "the misspelt name to be warned of");
        var doubtful = Warnings(logs, 1010)[0];
        Assert.Equal(
            (1010, LogLevel.Warning, $"The settings of '{Type}' in agent_types have a doubtful name: metadata has 'ttldays', which is no "
                + "setting; did you mean 'ttlDays'?"),
            (doubtful.Id.Id, doubtful.Level, doubtful.Message));

        logs.Collector.Clear();
        await database.ExecuteInAsync($"update agent_types set metadata = default, discount_factor = 1e400 where agent_type = '{Type}'");
        // The misspelt name may be warned of once more, by a reading of before.
        await Eventually.Holds(() => Warnings(logs, 1005).Length > 0, "the refused rate to be warned of");
        var refused = Warnings(logs, 1005)[0];
        Assert.Equal(
            (1005, LogLevel.Warning, $"The settings of '{Type}' in agent_types are not allowed; those from before stay"),
            (refused.Id.Id, refused.Level, refused.Message));
        Assert.Contains("discount_factor is Infinity. Allowed: 0 to 1.", refused.Exception!.Message, StringComparison.Ordinal);
    }

    private static FakeLogRecord[] Warnings(FakeLoggerProvider logs, params int[] ids) =>
        [.. logs.Collector.GetSnapshot().Where(entry => ids.Contains(entry.Id.Id))];
}
