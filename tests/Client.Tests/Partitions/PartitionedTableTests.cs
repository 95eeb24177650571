namespace QLearning.Client.Tests.Partitions;

/// <summary>Callers need not know that a Q-table is partitioned over several grains, nor when it is repartitioned.</summary>
public sealed class PartitionedTableTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    // A try that is late is made again, and then nobody knows what became of the first: a refusal is to be seen.
    private static readonly Action<QLearningClientOptions> _patient = options => options.ResponseTimeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Reads_and_updates_find_the_owners()
    {
        const string Name = "test-executor";
        await PartitionAsync(Name, 4);
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        for (var round = 1; round <= 2; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10))));
            await type.LearnAsync([.. Enumerable.Range(0, 50).Select(i => Given.Last($"s{i}", "b", 20))], WriteMode.Durable);
            var results = await type.UpsertAsync([.. Enumerable.Range(0, 50).Select(i => Given.Value($"t{i}", "a", i))], WriteMode.Durable);
            Assert.Equal(Enumerable.Range(0, 50).Select(i => (double)i), results.Select(result => result.QValue));
            StateKey[] states = [.. Enumerable.Range(0, 50).Select(i => Given.State($"t{i}"))];
            Assert.Equal(
                Enumerable.Range(0, 50).Select(i => (double?)i), (await type.GetBestActionsAsync(states)).Select(best => best?.QValue));
            Assert.All(await type.GetQValuesAsync(states), values => Assert.Equal(round, Assert.Single(values).VisitCount));
            Assert.Equal(7, (await type.GetBestActionAsync(Given.State("t7")))!.QValue);
            Assert.Equal("a", (await type.SelectActionAsync(Given.State("t8"))).Action.Key.ToString());
            await type.FlushAsync();
            Assert.Equal(round * 150, await cluster.VisitsAsync(Name));
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == 4, "the partitions to be known");
        }
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_the_table_is_repartitioned_under_load()
    {
        const string Name = "quality-gate";
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        using var stop = new CancellationTokenSource();
        var learners = Enumerable.Range(0, 6).Select(i => LearnUntilAsync(type, i, stop.Token)).ToList();
        foreach (var count in new[] { 4, 2, 5, 1, 3 })
        {
            await PartitionAsync(Name, count);
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == count, $"{count} partitions");
            var before = await cluster.VisitsAsync(Name);
            await Eventually.Holds(async () => await cluster.VisitsAsync(Name) > before + 200, "learning to go on");
        }

        await stop.CancelAsync();
        var learned = (await Task.WhenAll(learners)).Sum();
        await Eventually.Holds(() => type.NotDurableCount == 0, "everything to be durable");
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
            // The owner is gone before it could write, and the table is repartitioned at the same time.
            await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{Name}'");
            await held.ExecuteAsync(Partition(Name, 4));
        }

        await Eventually.Holds(async () => await cluster.VisitsAsync(Name) == 101, "all updates to be stored");
        await Eventually.Holds(() => type.NotDurableCount == 0, "the client to know it");
        var statistics = await type.GetStatisticsAsync();
        Assert.Equal((101L, 4), (statistics.Visits, statistics.Partitions));
    }

    [Fact]
    public async Task One_bad_update_in_a_batch_is_refused_before_any_partition_learns()
    {
        const string Name = "chaos-engineer";
        await PartitionAsync(Name, 4);
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == 4, "4 partitions");
        Transition[] good = [.. Enumerable.Range(0, 20).Select(i => Given.Last($"s{i}", "a", 1))];
        await type.LearnAsync(good);
        await Assert.ThrowsAsync<InvalidInputException>(() => type.LearnAsync([.. good, Given.Last("s", "a", double.NaN)]));
        await Assert.ThrowsAsync<InvalidInputException>(() => type.UpsertAsync([Given.Value("s1", "a", 1), Given.Value("s2", "a", 1e12)]));
        DelayedReward[] late = [.. good.Select(one => new DelayedReward { State = one.State.Key, Action = one.Action.Key, Reward = 1 })];
        await Assert.ThrowsAsync<InvalidInputException>(() => type.RecordRewardsAsync([.. late, late[0] with { Id = Guid.Empty }]));
        await Assert.ThrowsAsync<InvalidInputException>(() => type.RecordRewardsAsync([.. late[1..], late[0] with { Id = late[1].Id }]));
        Assert.Equal(20, (await type.GetStatisticsAsync()).Visits);
        Assert.All(await type.GetBestActionsAsync(good.Select(one => one.State.Key)), best => Assert.Equal(1, best!.VisitCount));
    }

    [Fact]
    public async Task An_update_that_its_owner_refuses_takes_none_of_the_same_moment_along()
    {
        const string Name = "security-scanner";
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "sarsa", "partitions": 2}' where agent_type = '{{Name}}'""");
        // It has not asked for the partitions yet, and has 60 good updates and one without a next action to send in one moment.
        await using var client = await cluster.ConnectAsync(_patient);
        var type = client.AgentType(Name);
        var good = Enumerable.Range(0, 60).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10))).ToList();
        var bad = type.LearnAsync(Given.Last("s", "a", 10) with { Done = false, NextState = State.FromKey("t") });
        good.AddRange(Enumerable.Range(60, 60).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10))));
        Assert.Contains("next action", (await Assert.ThrowsAsync<InvalidInputException>(() => bad)).Message, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(good), result => Assert.Equal((1.0, 1), (result.QValue, result.VisitCount)));
        await type.FlushAsync();
        Assert.Equal(120, await cluster.VisitsAsync(Name));
        Assert.Equal(0, type.NotDurableCount);
    }

    [Fact]
    public async Task Of_a_call_whose_updates_one_partition_refuses_those_of_the_other_are_learned_and_the_error_says_which_not()
    {
        const string Name = "visual-tester";
        await cluster.Database.ExecuteInAsync(
            $$"""update agent_types set metadata = '{"learningRule": "sarsa", "partitions": 2}' where agent_type = '{{Name}}'""");
        await using var client = await cluster.ConnectAsync(_patient);
        var type = client.AgentType(Name);
        var call = Enumerable.Range(0, 12).Select(i => Given.Last($"s{i}", "a", 10)).ToArray();
        var refusing = TablePartition.IndexOf(call[5].State.Key, 2);
        call[5] = call[5] with { Done = false, NextState = call[5].State };
        var error = await Assert.ThrowsAsync<PartlyLearnedException>(() => type.LearnAsync(call));
        Assert.Equal(Enumerable.Range(0, 12).Where(i => TablePartition.IndexOf(call[i].State.Key, 2) == refusing), error.NotLearned);
        Assert.IsType<InvalidInputException>(error.InnerException);
        await type.FlushAsync();
        Assert.Equal(12 - error.NotLearned.Count, await cluster.VisitsAsync(Name));
    }

    [Fact]
    public async Task A_client_that_knows_partitions_which_are_no_more_gets_statistics_of_those_there_are()
    {
        const string Name = "quality-analyzer";
        await PartitionAsync(Name, 4);
        await using var client = await cluster.ConnectAsync(options => options.RetryFor = TimeSpan.FromMinutes(1));
        await using var other = await cluster.ConnectAsync();
        await client.AgentType(Name).LearnAsync([.. Enumerable.Range(0, 20).Select(i => Given.Last($"s{i}", "a", 1))], WriteMode.Durable);
        Assert.Equal(4, (await client.AgentType(Name).GetStatisticsAsync()).Partitions);
        await PartitionAsync(Name, 1);
        await Eventually.Holds(
            async () => await other.AgentType(Name).GetStatisticsAsync() is { Partitions: 1, Visits: 20 }, "the table to be one again");
        Assert.Equal((1, 20L), await client.AgentType(Name).GetStatisticsAsync() is var all ? (all.Partitions, all.Visits) : default);
    }

    [Fact]
    public async Task Callers_that_wait_for_room_while_the_table_is_repartitioned_lose_nothing()
    {
        const string Name = "performance-tester";
        await using var client = await cluster.ConnectAsync(options => options.MaxNotDurableUpdates = 12);
        var type = client.AgentType(Name);
        using var stop = new CancellationTokenSource();
        var learners = Enumerable.Range(0, 12).Select(i => LearnUntilAsync(type, i, stop.Token)).ToList();
        foreach (var count in new[] { 2, 5, 1, 3 })
        {
            await PartitionAsync(Name, count);
            await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == count, $"{count} partitions");
            var before = await cluster.VisitsAsync(Name);
            await Eventually.Holds(async () => await cluster.VisitsAsync(Name) > before + 60, "learning to go on");
        }

        await stop.CancelAsync();
        var learned = (await Task.WhenAll(learners)).Sum();
        await Eventually.Holds(() => type.NotDurableCount == 0, "everything to be durable");
        Assert.Equal(learned, await cluster.VisitsAsync(Name));
        Assert.Equal(learned, (await type.GetStatisticsAsync()).Visits);
    }

    [Fact]
    public async Task What_was_acknowledged_in_the_first_call_is_kept_though_the_table_was_partitioned_before_it()
    {
        const string Name = "test-generator";
        await PartitionAsync(Name, 2);
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(Name);
        // Flushes wait, activations do not.
        await using (var held = await HeldLock.TakeAsync(cluster.Database, "lock table q_values in share row exclusive mode"))
        {
            await type.LearnAsync([.. Enumerable.Range(0, 20).Select(i => Given.Last($"s{i}", "a", 1))], WriteMode.WriteBehind);
            Assert.Equal(20, type.NotDurableCount);
            await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{Name}'");
        }

        await Eventually.Holds(async () => await cluster.VisitsAsync(Name) == 20, "all updates to be stored");
        await Eventually.Holds(() => type.NotDurableCount == 0, "the client to know it");
        Assert.Equal(20, (await type.GetStatisticsAsync()).Visits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_of_which_one_partition_has_lost_its_owner_counts_once(bool resends)
    {
        var name = resends ? "coverage-analyzer" : "flaky-test-hunter";
        await PartitionAsync(name, 2);
        await using var client = await cluster.ConnectAsync(options => options.ResendNotDurable = resends);
        var type = client.AgentType(name);
        await Eventually.Holds(async () => (await type.GetStatisticsAsync()).Partitions == 2, "2 partitions");
        Transition[] call = [.. Enumerable.Range(0, 2).Select(partition =>
            Enumerable.Range(0, 100).Select(i => Given.Last($"s{i}", "a", 1))
                .First(one => TablePartition.IndexOf(one.State.Key, 2) == partition))];
        await cluster.Database.ExecuteInAsync($"update q_table_owners set epoch = epoch + 1 where agent_type = '{name}' and partition = 1");
        var results = await type.LearnAsync(call, WriteMode.Durable);
        Assert.Equal([1, 1], results.Select(result => result.VisitCount));
        Assert.Equal(2, await cluster.VisitsAsync(name));
        Assert.Equal(0, type.NotDurableCount);
        Assert.Equal([1, 1], (await type.GetBestActionsAsync(call.Select(one => one.State.Key))).Select(best => best!.VisitCount));
    }

    private static async Task<long> LearnUntilAsync(AgentTypeClient type, int learner, CancellationToken stop)
    {
        long learned = 0;
        while (!stop.IsCancellationRequested)
        {
            await type.LearnAsync(
                Given.Last($"s{learned % 97}", "a", 1),
                learned % 5 == 0 ? WriteMode.Durable : WriteMode.WriteBehind,
                CancellationToken.None);
            await type.LearnAsync(
                [Given.Last($"l{learner}", "a", 1), Given.Last($"s{learned % 31}", "b", 1)], cancellationToken: CancellationToken.None);
            learned += 3;
        }

        return learned;
    }

    private static string Partition(string name, int count) =>
        $"update agent_types set metadata = metadata || jsonb_build_object('partitions', {count}) where agent_type = '{name}'";

    private async Task PartitionAsync(string name, int count) => await cluster.Database.ExecuteInAsync(Partition(name, count));
}
