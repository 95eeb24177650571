namespace QLearning.Client.Tests.Updates;

/// <summary>What a silo acknowledged and lost is sent again by the client that still has it, and counts once.</summary>
public sealed class NotDurableUpdatesTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Lost_updates_come_back_although_there_is_no_further_call()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("coverage-analyzer");
        await LoseAsync(type, "coverage-analyzer", 300);
        await Eventually.Holds(async () => await cluster.VisitsAsync("coverage-analyzer") == 301, "all updates to be stored");
        await Eventually.Holds(() => type.NotDurableCount == 0, "the client to know it");
        Assert.Equal(301, (await type.GetStatisticsAsync()).Visits);
    }

    [Fact]
    public async Task Lost_updates_are_learned_before_newer_ones()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("chaos-engineer");
        await LoseAsync(type, "chaos-engineer", 20);
        // Stored last by this client, so it must win over the lost values that are sent again.
        await type.UpsertAsync([Given.Value("s0", "a", 77)], WriteMode.Durable);
        Assert.Equal(77, (await type.GetBestActionAsync(Given.State("s0")))!.QValue);
        await Eventually.Holds(() => type.NotDurableCount == 0, "everything to be durable");
        Assert.Equal(22, await cluster.VisitsAsync("chaos-engineer"));
        Assert.Equal(77, (await type.GetBestActionAsync(Given.State("s0")))!.QValue);
    }

    [Fact]
    public async Task Without_it_lost_updates_stay_lost()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResendNotDurable = false);
        var type = client.AgentType("security-scanner");
        await LoseAsync(type, "security-scanner", 20);
        Assert.Equal(0, type.NotDurableCount);
        await type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        Assert.Equal(2, await cluster.VisitsAsync("security-scanner"));
    }

    [Fact]
    public async Task An_update_without_an_answer_is_repeated_and_counts_once()
    {
        await using var client = await cluster.ConnectAsync(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(300));
        var type = client.AgentType("performance-tester");
        await type.GetStatisticsAsync();
        Task<LearnResult> learning;
        await using (await HeldLock.OfFlushesAsync(cluster.Database, "performance-tester"))
        {
            learning = type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
            var began = TimeProvider.System.GetTimestamp();
            await Eventually.Holds(
                () => Task.FromResult(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1)), "three answers to be overdue");
            Assert.False(learning.IsCompleted);
        }

        Assert.Equal(1, (await learning).VisitCount);
        Assert.Equal(1, await cluster.VisitsAsync("performance-tester"));
    }

    [Fact]
    public async Task What_is_kept_is_bounded()
    {
        // The activation may take longer than the second for which the bounded client tries.
        await using (var other = await cluster.ConnectAsync())
        {
            await other.AgentType("flaky-test-hunter").GetStatisticsAsync();
        }

        await using var client = await cluster.ConnectAsync(options =>
        {
            (options.MaxNotDurableUpdates, options.RetryFor) = (10, TimeSpan.FromSeconds(1));
            options.ResponseTimeout = TimeSpan.FromSeconds(15);
        });
        var type = client.AgentType("flaky-test-hunter");
        await using (await HeldLock.OfFlushesAsync(cluster.Database, "flaky-test-hunter"))
        {
            for (var i = 0; i < 10; i++)
            {
                await type.LearnAsync(Given.Last($"s{i}", "a", 1));
            }

            Assert.Equal(10, type.NotDurableCount);
            var error = await Assert.ThrowsAsync<WriteBacklogFullException>(() => type.LearnAsync(Given.Last("s", "a", 1)));
            Assert.Contains("10", error.Message, StringComparison.Ordinal);
        }

        await Eventually.Holds(() => type.NotDurableCount == 0, "everything to be durable");
        Assert.Equal(1, (await type.LearnAsync(Given.Last("s", "a", 1))).VisitCount);
    }

    [Fact]
    public async Task Refused_updates_are_not_kept()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("visual-tester");
        await Assert.ThrowsAsync<InvalidInputException>(() => type.LearnAsync(Given.Last("s", "a", double.NaN)));
        Assert.Equal(0, type.NotDurableCount);
    }

    /// <summary>Lets a silo acknowledge updates of states s0, s1 … that it then loses, and one of state "s" that it does not.</summary>
    private async Task LoseAsync(AgentTypeClient type, string name, int updates)
    {
        await type.LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        await using var held = await HeldLock.OfFlushesAsync(cluster.Database, name);
        for (var i = 0; i < updates; i++)
        {
            await type.UpsertAsync([Given.Value($"s{i}", "a", i)]);
        }

        // As another activation would: from then on the flushes of the running one write nothing.
        await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{name}'");
    }
}
