namespace QLearning.Grains.Tests.QTables;

/// <summary>An activation that lost its rows writes nothing, says so, and makes way for one that reads them anew.</summary>
[Collection(SharedSilo.Name)]
public sealed class FencingTests(SiloFixture silo)
{
    [Fact]
    public async Task A_durable_update_of_a_fenced_activation_writes_nothing_and_says_so()
    {
        var type = await silo.AddAgentTypeAsync();
        var (epoch, _) = await OwnedAsync(type);
        await type.TakeAwayAsync();
        var error = await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.UpsertMany(
            [Given.Value("s", "a", 2), Given.Value("new", "a", 3)], WriteMode.Durable));
        Assert.Contains($"'{type.Name}' with epoch {epoch} lost its rows", error.Message, StringComparison.Ordinal);
        Assert.Equal(("s", 1, 1), (await type.RowsAsync()).Select(row => (row.State, row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task The_next_activation_has_a_higher_epoch_and_the_values_of_the_database()
    {
        var type = await silo.AddAgentTypeAsync();
        var (epoch, owner) = await OwnedAsync(type);
        await type.TakeAwayAsync();
        await type.StoreAsync("s", "a", 7);
        await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Upsert(Given.Value("s", "a", 2), WriteMode.Durable));
        await type.ReplacedAsync(owner);
        Assert.True((await type.Grain.GetStatistics()).Epoch > epoch);
        Assert.Equal(
            (7, 2),
            ((await type.Grain.GetBestAction(Given.State("s")))!.QValue, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount));
        var result = await type.Grain.Upsert(Given.Value("s", "a", 8), WriteMode.Durable);
        Assert.Equal((3, 1), (result.VisitCount, result.Version));
        Assert.Equal((8, 3), (await type.RowsAsync()).Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task A_write_behind_flush_finds_out_by_itself()
    {
        var type = await silo.AddAgentTypeAsync();
        var (_, owner) = await OwnedAsync(type);
        await type.TakeAwayAsync();
        await type.Grain.Upsert(Given.Value("s", "a", 2), WriteMode.WriteBehind);
        await type.ReplacedAsync(owner);
        Assert.Equal((1, 1), (await type.RowsAsync()).Select(row => (row.Value, row.Visits)).Single());
    }

    [Fact]
    public async Task All_waiters_of_a_fenced_activation_are_told()
    {
        var type = await silo.AddAgentTypeAsync();
        Task<LearnResult> first;
        Task<LearnResult>[] others;
        Task flush;
        await using (var held = await type.HoldFlushesAsync())
        {
            // Its flush is under way before the others are learned, so that they all belong to the next.
            first = type.Grain.Learn(Given.Last("s0", "a", 1), WriteMode.Durable).AsTask();
            await LockWaitersAsync(1);
            others = [.. Enumerable.Range(1, 19).Select(i => type.Grain.Learn(Given.Last($"s{i}", "a", 1), WriteMode.Durable).AsTask())];
            await Eventually.Holds(async () => (await type.Grain.GetStatistics()).Updates == 20, "all updates to be learned");
            flush = type.Grain.Flush().AsTask();
            // In the transaction that the flush waits for, so that the new owner surely comes first.
            await held.ExecuteAsync($"update q_table_owners set epoch = epoch + 1, watermark = 0 where agent_type = '{type.Name}'");
        }

        foreach (var waiter in others.Prepend(first))
        {
            await Assert.ThrowsAsync<FencedException>(() => waiter);
        }

        await Assert.ThrowsAsync<FencedException>(() => flush);
        Assert.Empty(await type.RowsAsync());
    }

    [Fact]
    public async Task Reads_of_another_type_go_on_while_one_is_fenced()
    {
        var (fenced, other) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        await fenced.Grain.GetStatistics();
        await fenced.TakeAwayAsync();
        var updates = Enumerable.Range(0, 50)
            .Select(i => other.Grain.Learn(Given.Last($"s{i}", "a", 1), WriteMode.Durable).AsTask()).ToList();
        await Assert.ThrowsAsync<FencedException>(async () => await fenced.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable));
        await Task.WhenAll(updates);
        Assert.Equal((50, 0), (await other.VisitsAsync(), await fenced.VisitsAsync()));
    }

    /// <summary>Stores a Q-value, and tells who owns it.</summary>
    private static async Task<(long Epoch, Guid Owner)> OwnedAsync(TestAgentType type)
    {
        await type.Grain.Upsert(Given.Value("s", "a", 1), WriteMode.Durable);
        var durability = await type.Grain.GetDurability();
        return (durability.Epoch, durability.Owner);
    }

    private Task LockWaitersAsync(int least) => Eventually.Holds(
        async () => await silo.Database.QueryAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") >= least,
        $"{least} transactions to wait for the lock");
}
