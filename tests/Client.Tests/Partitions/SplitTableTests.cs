namespace QLearning.Client.Tests.Partitions;

/// <summary>Callers need not know that a Q-table is split over several grains, nor when that changes.</summary>
public sealed class SplitTableTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Reads_and_updates_find_the_owners()
    {
        const string Name = "test-executor";
        await SplitAsync(Name, 4);
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        for (var round = 1; round <= 2; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10))));
            await type.LearnAsync([.. Enumerable.Range(0, 50).Select(i => Given.Last($"s{i}", "b", 20))], WriteMode.Durable);
            var results = await type.UpsertAsync([.. Enumerable.Range(0, 50).Select(i => Given.Value($"t{i}", "a", i))], WriteMode.Durable);
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (double)i), results.Select(result => result.QValue));
            StateKey[] states = [.. Enumerable.Range(0, 50).Select(i => Given.State($"t{i}"))];
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (double?)i), (await type.GetBestActionsAsync(states)).Select(best => best?.QValue));
            Assert.All(await type.GetQValuesAsync(states), values => Assert.Equal(round, Assert.Single(values).VisitCount));
            Assert.Equal(7, (await type.GetBestActionAsync(Given.State("t7")))!.QValue);
            Assert.Equal("a", (await type.SelectActionAsync(Given.State("t8"))).Action.Key.ToString());
            await type.FlushAsync();
            Assert.Equal(round * 150, await cluster.VisitsAsync(Name));
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == 4, "the parts to be known");
        }
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_the_split_changes_under_load()
    {
        const string Name = "quality-gate";
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        using var stop = new CancellationTokenSource();
        var learners = Enumerable.Range(0, 6).Select(i => LearnUntilAsync(type, i, stop.Token)).ToList();
        foreach (var count in new[] { 4, 2, 5, 1, 3 })
        {
            await SplitAsync(Name, count);
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == count, $"{count} parts");
            var before = await cluster.VisitsAsync(Name);
            await Eventually.Holds(async () => await cluster.VisitsAsync(Name) > before + 200, "learning to go on");
        }

        await stop.CancelAsync();
        var learned = (await Task.WhenAll(learners)).Sum();
        await Eventually.Holds(() => Task.FromResult(type.UndurableCount == 0), "everything to be durable");
        Assert.Equal(learned, await cluster.VisitsAsync(Name));
    }

    [Fact]
    public async Task What_its_owner_lost_is_sent_to_the_new_owners()
    {
        const string Name = "fleet-commander";
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        await type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        await using (var held = await HeldLock.OfFlushesAsync(cluster.Database, Name))
        {
            await type.LearnAsync([.. Enumerable.Range(0, 100).Select(i => Given.Last($"s{i}", "a", 1))]);
            // The owner is gone before it could write, and the table is split at the same time.
            await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{Name}'");
            await held.ExecuteAsync(Split(Name, 4));
        }

        await Eventually.Holds(async () => await cluster.VisitsAsync(Name) == 101, "all updates to be stored");
        await Eventually.Holds(() => Task.FromResult(type.UndurableCount == 0), "the client to know it");
        var statistics = await type.GetStatisticsAsync();
        Assert.Equal((101L, 4), (statistics.Visits, statistics.Partitions));
    }

    [Fact]
    public async Task One_bad_update_in_a_batch_is_refused_before_any_part_learns()
    {
        const string Name = "chaos-engineer";
        await SplitAsync(Name, 4);
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == 4, "4 parts");
        Transition[] good = [.. Enumerable.Range(0, 20).Select(i => Given.Last($"s{i}", "a", 1))];
        await type.LearnAsync(good);
        await Assert.ThrowsAsync<InvalidInputException>(() => type.LearnAsync([.. good, Given.Last("s", "a", double.NaN)]));
        await Assert.ThrowsAsync<InvalidInputException>(() => type.UpsertAsync([Given.Value("s1", "a", 1), Given.Value("s2", "a", 1e12)]));
        Assert.Equal(20, (await type.GetStatisticsAsync()).Visits);
        Assert.All(await type.GetBestActionsAsync(good.Select(one => one.State.Key)), best => Assert.Equal(1, best!.VisitCount));
    }

    private static async Task<long> LearnUntilAsync(AgentTypeClient type, int learner, CancellationToken stop)
    {
        long learned = 0;
        while (!stop.IsCancellationRequested)
        {
            await type.LearnAsync(Given.Last($"s{learned % 97}", "a", 1), learned % 5 == 0 ? WriteMode.Durable : WriteMode.WriteBehind, CancellationToken.None);
            await type.LearnAsync([Given.Last($"l{learner}", "a", 1), Given.Last($"s{learned % 31}", "b", 1)], cancellationToken: CancellationToken.None);
            learned += 3;
        }

        return learned;
    }

    private static string Split(string name, int count) =>
        $"update agent_types set metadata = metadata || jsonb_build_object('partitions', {count}) where agent_type = '{name}'";

    private async Task SplitAsync(string name, int count) => await cluster.Database.ExecuteInAsync(Split(name, count));
}
