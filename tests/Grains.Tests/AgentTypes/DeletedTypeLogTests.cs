using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using QLearning.Silo;

namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Whoever runs a silo reads nothing in its log of a type that was deleted: it is no failure.</summary>
public sealed class DeletedTypeLogTests
{
    private const string Type = "test-generator";

    [Fact]
    public async Task Grains_of_a_type_that_SQL_deleted_end_by_themselves_without_a_warning_or_a_stack_trace()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var logs = new FakeLoggerProvider();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var silo = await QLearningSilo.StartAsync(
            new SiloSettings { ConnectionString = database.ConnectionString },
            logging => logging.AddProvider(logs),
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
                // Orleans warns of turns that a busy machine makes long, with the name of their grain.
                builder.Services.Configure<SchedulingOptions>(options => options.TurnWarningLengthThreshold = TimeSpan.FromMinutes(10));
            });
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var library = grains.GetGrain<IPatternLibraryGrain>(Type);
        await library.Store(new NewPattern { Name = "p", Type = "t", DataJson = "{}" });
        await grains.GetGrain<IAgentTypeGrain>(Type).GetStatistics();
        var before = await ActivationsAsync();
        Assert.True(before >= 2, $"{before} activations");
        logs.Collector.Clear();

        await database.ExecuteInAsync($"delete from agent_types where agent_type = '{Type}'");
        // Nobody calls them any more: what they do each minute is what tells. Not for so long that idle grains end anyway.
        var left = TimeSpan.FromMinutes(5);
        await Eventually.Holds(
            async () =>
            {
                var step = left > TimeSpan.Zero ? TimeSpan.FromSeconds(20) : TimeSpan.FromMilliseconds(50);
                time.Advance(step);
                left -= step;
                return await ActivationsAsync() == 0;
            },
            "the grains of the type to end");

        // The cluster itself complains of a clock that leaps.
        Assert.Equal(
            [],
            logs.Collector.GetSnapshot()
                .Where(entry => entry.Level >= LogLevel.Warning || entry.Exception is not null)
                .Select(entry => $"{entry.Category} {entry.Level}: {entry.Message} {entry.Exception}")
                .Where(entry => entry.StartsWith("QLearning", StringComparison.Ordinal) || entry.Contains(Type, StringComparison.Ordinal)));

        async Task<int> ActivationsAsync() =>
            (await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Count(grain => grain.GrainId.Key.ToString() == Type);
    }
}
