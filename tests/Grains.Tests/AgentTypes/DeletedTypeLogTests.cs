using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Orleans.Configuration;
using QLearning.TestingHost;

namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Whoever runs a silo reads nothing in its log of a type that was deleted: it is no failure.</summary>
public sealed class DeletedTypeLogTests
{
    private const string Type = "test-generator";

    [Fact]
    public async Task Grains_of_a_type_that_SQL_deleted_end_by_themselves_without_a_warning_or_a_stack_trace()
    {
        using var logs = new FakeLoggerProvider();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await QLearningTestCluster.StartAsync(options =>
        {
            (options.TimeProvider, options.ConnectClient) = (time, false);
            options.ConfigureLogging = logging => logging.AddProvider(logs);
            // Orleans warns of turns that a busy machine makes long, with the name of their grain.
            options.ConfigureSilo = silo => silo.Services.Configure<SchedulingOptions>(
                scheduling => scheduling.TurnWarningLengthThreshold = TimeSpan.FromMinutes(10));
        });
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString);
        var grains = cluster.Silos[0].Services.GetRequiredService<IGrainFactory>();
        var library = grains.GetGrain<IPatternLibraryGrain>(Type);
        await library.Store(new NewPattern { Name = "p", Type = "t", DataJson = "{}" });
        await grains.GetGrain<IAgentTypeGrain>(Type).GetStatistics();
        var before = await ActivationsAsync();
        Assert.True(before >= 2, $"{before} activations");
        logs.Collector.Clear();

        await using (var delete = database.CreateCommand($"delete from agent_types where agent_type = '{Type}'"))
        {
            await delete.ExecuteNonQueryAsync();
        }

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
        var complaints = logs.Collector.GetSnapshot()
            .Where(entry => entry.Level >= LogLevel.Warning || entry.Exception is not null)
            .Select(entry => $"{entry.Category} {entry.Level}: {entry.Message} {entry.Exception}")
            .Where(entry => entry.StartsWith("QLearning", StringComparison.Ordinal) || entry.Contains(Type, StringComparison.Ordinal))
            .ToArray();
        Assert.True(complaints.Length == 0, string.Join(Environment.NewLine, complaints));

        async Task<int> ActivationsAsync() =>
            (await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Count(grain => grain.GrainId.Key.ToString() == Type);
    }
}
