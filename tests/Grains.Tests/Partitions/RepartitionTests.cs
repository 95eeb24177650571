using QLearning.Client;

namespace QLearning.Grains.Tests.Partitions;

/// <summary>A Q-table can be repartitioned at any time: nothing is lost, and nothing counts twice.</summary>
public sealed class RepartitionTests(SlowFlushSilo silo) : IClassFixture<SlowFlushSilo>
{
    [Fact]
    public async Task Changes_are_written_before_other_owners_load_them()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        var round = 0;
        foreach (var count in new[] { 1, 4, 2, 3, 1 })
        {
            round++;
            await RepartitionAsync(type, count);
            await client.LearnAsync(Enumerable.Range(0, 30).Select(i => Given.Last($"s{i}", "a", 1)), WriteMode.WriteBehind);
            var statistics = await client.GetStatisticsAsync();
            Assert.Equal((30L * round, 30, count), (statistics.Visits, statistics.States, statistics.Partitions));
        }
    }

    [Fact]
    public async Task A_new_owner_asks_the_old_ones_for_their_changes()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        // The first flush of a process takes longest; the one that the new owner asks for must not be that.
        await client.LearnAsync(Given.Last("s0", "a", 1), WriteMode.Durable);
        await client.LearnAsync(Enumerable.Range(0, 30).Select(i => Given.Last($"s{i}", "a", 1)), WriteMode.WriteBehind);
        Assert.Equal(1, await type.VisitsAsync());
        await WritePartitionsAsync(type, 4);
        // At once, so that most likely the only owner has not heard of it yet.
        await silo.Grains.GetGrain<IAgentTypeGrain>($"{type.Name}#3").Flush();
        Assert.Equal(31, await type.VisitsAsync());
        await Eventually.Holds(
            async () => (await client.GetStatisticsAsync()) is { Visits: 31, Partitions: 4 }, "all partitions to answer");
    }

    [Fact]
    public async Task A_number_that_was_learned_before_counts_once_after()
    {
        var type = await silo.AddAgentTypeAsync("""{"partitions": 2}""");
        var id = Guid.NewGuid();
        for (var number = 1; number <= 20; number++)
        {
            var batch = Numbered(id, number);
            Assert.Equal(1, (await Owner(type, batch, 2).Apply(batch)).Results![0].VisitCount);
        }

        await RepartitionAsync(type, 5);
        for (var number = 1; number <= 25; number++)
        {
            var batch = Numbered(id, number);
            await Eventually.Holds(
                async () =>
                    (await UnlessFencedAsync(async () => await Owner(type, batch, 5).Apply(batch)))?.Results is not null, "an answer");
        }

        Assert.Equal(25, (await silo.Client.AgentType(type.Name).GetStatisticsAsync()).Visits);
    }

    [Fact]
    public async Task Callers_notice_nothing_of_it()
    {
        var type = await silo.AddAgentTypeAsync();
        var client = silo.Client.AgentType(type.Name);
        using var stop = new CancellationTokenSource();
        var learners = Enumerable.Range(0, 16).Select(i => LearnUntilAsync(client, $"l{i}", stop.Token)).ToList();
        foreach (var count in new[] { 3, 1, 4, 2 })
        {
            var before = (await client.GetStatisticsAsync()).Visits;
            await RepartitionAsync(type, count);
            await Eventually.Holds(async () => (await client.GetStatisticsAsync()).Visits > before + 40, "learning to go on");
        }

        await stop.CancelAsync();
        var learned = (await Task.WhenAll(learners)).Sum();
        Assert.Equal(learned, await type.VisitsAsync());
    }

    [Fact]
    public async Task An_update_survives_a_table_that_is_repartitioned_while_the_second_owner_loads()
    {
        for (var round = 0; round < 5; round++)
        {
            var type = await silo.AddAgentTypeAsync();
            var client = silo.Client.AgentType(type.Name);
            await client.LearnAsync(Given.Last("s1", "a", 1), WriteMode.WriteBehind);
            await WritePartitionsAsync(type, 2);
            var loading = UnlessFencedAsync(async () => await silo.Grains.GetGrain<IAgentTypeGrain>($"{type.Name}#1").GetStatistics());
            await client.LearnAsync(Given.Last("s2", "a", 1), WriteMode.WriteBehind);
            await WritePartitionsAsync(type, 1);
            await client.LearnAsync(Given.Last("s3", "a", 1), WriteMode.WriteBehind);
            await loading;
            await Eventually.Holds(
                async () =>
                {
                    await client.FlushAsync();
                    return client.NotDurableCount == 0 && (await client.GetStatisticsAsync()).Partitions == 1;
                },
                "all to be durable");
            Assert.Equal([("s1", 1), ("s2", 1), ("s3", 1)], (await type.RowsAsync()).Select(row => (row.State, row.Visits)));
        }
    }

    private static UpdateBatch Numbered(Guid client, int number) => new()
    {
        ClientId = client,
        SettledBelow = 1,
        Groups = [new UpdateGroup { Number = number, Transitions = [Given.Last($"n{number}", "a", 1)] }],
    };

    private static async Task<long> LearnUntilAsync(AgentTypeClient client, string prefix, CancellationToken stop)
    {
        long learned = 0;
        while (!stop.IsCancellationRequested)
        {
            await client.LearnAsync(Given.Last($"{prefix}-{learned % 50}", "a", 1), WriteMode.Durable, CancellationToken.None);
            learned++;
        }

        return learned;
    }

    private static async Task<T?> UnlessFencedAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (FencedException)
        {
            return null;
        }
    }

    private IAgentTypeGrain Owner(TestAgentType type, UpdateBatch batch, int count) => silo.Grains.GetGrain<IAgentTypeGrain>(
        new AgentTypeKey(type.Name, TablePartition.IndexOf(batch.Groups[0].StateAt(0), count)).ToString());

    private async Task WritePartitionsAsync(TestAgentType type, int count) => await silo.Database.ExecuteInAsync(
        $"update agent_types set metadata = metadata || jsonb_build_object('partitions', {count}) where agent_type = '{type.Name}'");

    private async Task RepartitionAsync(TestAgentType type, int count)
    {
        await WritePartitionsAsync(type, count);
        await Eventually.Holds(
            async () => (await silo.Client.AgentType(type.Name).GetStatisticsAsync()).Partitions == count, $"{count} partitions");
    }
}
