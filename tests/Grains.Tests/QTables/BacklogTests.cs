namespace QLearning.Grains.Tests.QTables;

/// <summary>Beyond the backlog limit updates are refused whole, reads are not, and what was taken is written later.</summary>
public sealed class BacklogTests(SmallBacklogSilo silo) : IClassFixture<SmallBacklogSilo>
{
    [Fact]
    public async Task A_full_backlog_refuses_updates_and_says_when_to_come_again()
    {
        var type = await silo.AddAgentTypeAsync();
        await using var held = await FillAsync(type, SmallBacklogSilo.Limit);
        Func<Task>[] changes =
        [
            async () => await type.Grain.Learn(Given.Last("more", "a", 1), WriteMode.WriteBehind),
            async () => await type.Grain.Learn(Given.Last("more", "a", 1), WriteMode.Durable),
            async () => await type.Grain.LearnMany([Given.Last("more", "a", 1)], WriteMode.WriteBehind),
            async () => await type.Grain.Upsert(Given.Value("more", "a", 1), WriteMode.WriteBehind),
            async () => await type.Grain.UpsertMany([Given.Value("more", "a", 1)], WriteMode.WriteBehind),
        ];
        foreach (var change in changes)
        {
            var error = await Assert.ThrowsAsync<WriteBacklogFullException>(change);
            Assert.Equal(SmallBacklogSilo.RetryDelay, error.RetryAfter);
            Assert.Contains($"'{type.Name}' has 100 rows waiting for PostgreSQL. Allowed: 100.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refused_update_changes_nothing()
    {
        var type = await silo.AddAgentTypeAsync();
        await using var held = await FillAsync(type, SmallBacklogSilo.Limit - 1);
        var before = await type.Grain.GetStatistics();
        await Assert.ThrowsAsync<WriteBacklogFullException>(
            async () => await type.Grain.LearnMany([Given.Last("s0", "a", 1), Given.Last("more", "b", 1)], WriteMode.WriteBehind));
        Assert.Equal(before, await type.Grain.GetStatistics());
        Assert.Null(await type.Grain.GetBestAction(Given.State("more")));
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s0")))!.VisitCount);
    }

    [Fact]
    public async Task Reads_are_answered_while_the_backlog_is_full()
    {
        var type = await silo.AddAgentTypeAsync();
        await using var held = await FillAsync(type, SmallBacklogSilo.Limit);
        Assert.Equal(7, (await type.Grain.GetBestAction(Given.State("s7")))!.QValue);
        Assert.Equal("a", (await type.Grain.SelectAction(Given.Select("s7"))).Action.Key.ToString());
        Assert.Equal(SmallBacklogSilo.Limit, (await type.Grain.GetStatistics()).Backlog);
    }

    [Fact]
    public async Task When_the_database_answers_all_that_was_taken_is_written_and_learning_goes_on()
    {
        var type = await silo.AddAgentTypeAsync();
        await using (await FillAsync(type, SmallBacklogSilo.Limit))
        {
            await Assert.ThrowsAsync<WriteBacklogFullException>(
                async () => await type.Grain.Learn(Given.Last("more", "a", 1), WriteMode.WriteBehind));
        }

        await Eventually.Holds(async () => await type.VisitsAsync() == SmallBacklogSilo.Limit, "the backlog in PostgreSQL");
        await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Backlog == 0, "an empty backlog");
        await type.Grain.Learn(Given.Last("more", "a", 1), WriteMode.Durable);
        Assert.Equal(SmallBacklogSilo.Limit + 1, await type.VisitsAsync());
    }

    [Fact]
    public async Task Changing_a_Q_value_that_waits_already_takes_no_more_room()
    {
        var type = await silo.AddAgentTypeAsync();
        await using var held = await FillAsync(type, SmallBacklogSilo.Limit - 1);
        for (var i = 0; i < 10; i++)
        {
            await type.Grain.Upsert(Given.Value("s0", "a", i), WriteMode.WriteBehind);
        }

        Assert.Equal(SmallBacklogSilo.Limit - 1, (await type.Grain.GetStatistics()).Backlog);
    }

    [Fact]
    public async Task Of_what_is_sent_again_nothing_goes_ahead_of_what_has_no_room()
    {
        var type = await silo.AddAgentTypeAsync();
        await using var held = await FillAsync(type, SmallBacklogSilo.Limit - 1);
        Assert.Equal([0, 1], await RefusedAsync(isResent: true));
        // Callers that are merged do not wait for each other.
        Assert.Equal([0], await RefusedAsync(isResent: false));

        async Task<IEnumerable<int>> RefusedAsync(bool isResent)
        {
            var batch = new UpdateBatch
            {
                ClientId = Guid.NewGuid(),
                SettledBelow = 1,
                Groups =
                [
                    new UpdateGroup { Number = 1, Upserts = [Given.Value("more", "a", 1), Given.Value("more", "b", 1)] },
                    new UpdateGroup { Number = 3, Upserts = [Given.Value("more", "a", 2)] },
                ],
                Mode = WriteMode.WriteBehind,
                IsResent = isResent,
            };
            return (await type.Grain.Apply(batch)).Refusals.Select(refusal => refusal.Group);
        }
    }

    private static async Task<HeldLock> FillAsync(TestAgentType type, int count)
    {
        var held = await type.HoldFlushesAsync();
        await type.Grain.UpsertMany([.. Enumerable.Range(0, count).Select(i => Given.Value($"s{i}", "a", i))], WriteMode.WriteBehind);
        return held;
    }
}
