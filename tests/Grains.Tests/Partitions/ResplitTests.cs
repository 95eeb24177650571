namespace QLearning.Grains.Tests.Partitions;

/// <summary>How a Q-table is split can be changed at any time: nothing is lost, and nothing counts twice.</summary>
public sealed class ResplitTests(SlowFlushSilo silo) : IClassFixture<SlowFlushSilo>
{
    [Fact]
    public async Task What_waits_is_written_before_the_table_is_split_otherwise()
    {
        var type = await silo.AddAgentTypeAsync();
        var round = 0;
        foreach (var count in new[] { 1, 4, 2, 3, 1 })
        {
            round++;
            await SplitAsync(type, count);
            await AskAsync(() => type.Grain.LearnMany([.. Enumerable.Range(0, 30).Select(i => Given.Last($"s{i}", "a", 1))], WriteMode.WriteBehind));
            var statistics = await type.Grain.GetStatistics();
            Assert.Equal((30L * round, 30), (statistics.Visits, statistics.States));
        }
    }

    [Fact]
    public async Task Owners_that_were_not_told_are_asked_by_those_who_come()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.LearnMany([.. Enumerable.Range(0, 30).Select(i => Given.Last($"s{i}", "a", 1))], WriteMode.WriteBehind);
        Assert.Equal(0, await type.VisitsAsync());
        await WriteSplitAsync(type, 4);
        // At once, so that most likely nobody has told the only grain yet.
        await silo.Grains.GetGrain<IAgentTypeGrain>($"{type.Name}#3").Flush();
        Assert.Equal(30, await type.VisitsAsync());
        await Eventually.Holds(async () => await VisitsAsync(type) == 30, "part 0 to answer for all");
    }

    [Fact]
    public async Task A_number_that_was_learned_before_counts_once_after()
    {
        var type = await silo.AddAgentTypeAsync("""{"partitions": 2}""");
        var client = Guid.NewGuid();
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            var batch = Numbered(client, sequence);
            Assert.Equal(1, (await Owner(type, batch, 2).Apply(batch)).Results![0].VisitCount);
        }

        await SplitAsync(type, 5);
        for (var sequence = 1; sequence <= 25; sequence++)
        {
            var batch = Numbered(client, sequence);
            await AskAsync(() => Owner(type, batch, 5).Apply(batch));
        }

        Assert.Equal(25, await VisitsAsync(type));
    }

    [Fact]
    public async Task Callers_see_nothing_but_refusals_that_say_to_call_again()
    {
        var type = await silo.AddAgentTypeAsync();
        using var stop = new CancellationTokenSource();
        var learners = Enumerable.Range(0, 16).Select(i => LearnUntilAsync(type, $"l{i}", stop.Token)).ToList();
        foreach (var count in new[] { 3, 1, 4, 2 })
        {
            var before = await VisitsAsync(type);
            await SplitAsync(type, count);
            await Eventually.Holds(async () => await VisitsAsync(type) > before + 40, "learning to go on");
        }

        await stop.CancelAsync();
        var learned = (await Task.WhenAll(learners)).Sum();
        Assert.Equal(learned, await type.VisitsAsync());
    }

    private static UpdateBatch Numbered(Guid client, int sequence) =>
        new() { ClientId = client, Sequence = sequence, Transitions = [Given.Last($"n{sequence}", "a", 1)] };

    private static async Task<long> LearnUntilAsync(TestAgentType type, string prefix, CancellationToken stop)
    {
        long learned = 0;
        while (!stop.IsCancellationRequested)
        {
            await AskAsync(() => type.Grain.Learn(Given.Last($"{prefix}-{learned % 50}", "a", 1), WriteMode.Durable));
            learned++;
        }

        return learned;
    }

    /// <summary>Calls again when told to.</summary>
    private static async Task<T> AskAsync<T>(Func<ValueTask<T>> call)
    {
        T? answer = default;
        await Eventually.Holds(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (FencedException)
                {
                    return false;
                }
            },
            "an answer");
        return answer!;
    }

    private static async Task<long> VisitsAsync(TestAgentType type) => (await AskAsync(() => type.Grain.GetStatistics())).Visits;

    private IAgentTypeGrain Owner(TestAgentType type, UpdateBatch batch, int count) => silo.Grains.GetGrain<IAgentTypeGrain>(
        new AgentTypeKey(type.Name, TablePartition.IndexOf(batch.Transitions[0].State.Key, count)).ToString());

    private async Task WriteSplitAsync(TestAgentType type, int count) => await silo.Database.ExecuteInAsync(
        $"update agent_types set metadata = metadata || jsonb_build_object('partitions', {count}) where agent_type = '{type.Name}'");

    private async Task SplitAsync(TestAgentType type, int count)
    {
        await WriteSplitAsync(type, count);
        await Eventually.Holds(async () => (await AskAsync(() => type.Grain.GetStatistics())).Partitions == count, $"{count} parts");
    }
}
