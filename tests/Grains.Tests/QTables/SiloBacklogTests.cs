using Orleans.Core.Internal;

namespace QLearning.Grains.Tests.QTables;

/// <summary>The grains of a silo share a limit, and what they have waiting is counted exactly whatever becomes of them.</summary>
public sealed class SiloBacklogTests(SmallSiloBacklog silo) : IClassFixture<SmallSiloBacklog>
{
    [Fact]
    public async Task A_full_silo_refuses_every_grain_until_one_of_them_has_written()
    {
        var (first, second, third) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        await FillAsync(first, 60);
        await FillAsync(second, 40);
        var error = await Assert.ThrowsAsync<WriteBacklogFullException>(
            async () => await third.Grain.Learn(Given.Last("s", "a", 1), WriteMode.WriteBehind));
        Assert.Equal("The silo has 100 Q-values waiting for PostgreSQL. Allowed: 100. Try again in 600 s.", error.Message);
        Assert.Equal(SmallSiloBacklog.RetryDelay, error.RetryAfter);
        Assert.Equal(7, (await first.Grain.GetBestAction(Given.State("s7")))!.QValue);
        Assert.Equal(0, (await third.Grain.GetStatistics()).QValues);

        await second.Grain.Flush();
        Assert.Equal(60, silo.Backlog.QValues);
        await third.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
        await first.Grain.Flush();
        Assert.Equal(0, silo.Backlog.QValues);
    }

    [Fact]
    public async Task Late_rewards_that_cannot_be_stored_are_not_learned_either()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 10), WriteMode.Durable);
        var late = new DelayedReward { Id = Guid.NewGuid(), State = Given.State("s"), Action = ActionKey.Parse("a"), Reward = 5 };
        var other = await silo.AddAgentTypeAsync();
        await other.Grain.UpsertMany(
            [.. Enumerable.Range(0, SmallSiloBacklog.Limit).Select(i => Given.Value($"s{i}", "a", 1))], WriteMode.WriteBehind);
        await Assert.ThrowsAsync<WriteBacklogFullException>(async () => await type.Grain.RecordRewards([late]));
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount);
        await other.Grain.Flush();
        Assert.Equal(2, Assert.Single(await type.Grain.RecordRewards([late]))!.Value.VisitCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_count_is_the_sum_of_what_the_grains_have_waiting(int seed)
    {
        var random = new Random(seed);
        var types = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => silo.AddAgentTypeAsync()));
        for (var step = 0; step < 40; step++)
        {
            var type = types[random.Next(types.Length)];
            await (random.Next(8) switch
            {
                0 => type.Grain.Flush().AsTask(),
                1 => FenceAsync(type),
                2 => DeactivateAsync(type),
                3 => RefuseAsync(type),
                _ => FillAsync(type, random.Next(1, 20)),
            });
            await Eventually.Holds(async () => await SumAsync(types) == silo.Backlog.QValues, $"the count to be right after step {step}");
        }

        foreach (var type in types)
        {
            await type.Grain.Flush();
        }

        Assert.Equal(0, silo.Backlog.QValues);
    }

    private static async Task<long> SumAsync(TestAgentType[] types) =>
        (await Task.WhenAll(types.Select(async type => (await type.Grain.GetStatistics()).Backlog))).Sum();

    private static async Task FillAsync(TestAgentType type, int count) => await type.Grain.UpsertMany(
        [.. Enumerable.Range(0, count).Select(i => Given.Value($"s{i}", "a", i))], WriteMode.WriteBehind);

    private static async Task FenceAsync(TestAgentType type)
    {
        await FillAsync(type, 5);
        await type.TakeAwayAsync();
        await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Flush());
        await Eventually.Holds(() => IsAnsweredAsync(type), "a new activation");
    }

    private static async Task<bool> IsAnsweredAsync(TestAgentType type)
    {
        try
        {
            await type.Grain.GetStatistics();
            return true;
        }
        catch (FencedException)
        {
            return false;
        }
    }

    /// <summary>A flush that PostgreSQL refuses leaves its Q-values waiting.</summary>
    private async Task RefuseAsync(TestAgentType type)
    {
        await silo.Database.ExecuteInAsync($"alter table q_values add constraint refused check (agent_type <> '{type.Name}') not valid");
        await FillAsync(type, 5);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.Flush());
        Assert.InRange((await type.Grain.GetStatistics()).Backlog, 5, int.MaxValue);
        await silo.Database.ExecuteInAsync("alter table q_values drop constraint refused");
    }

    private static async Task DeactivateAsync(TestAgentType type) =>
        await type.Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
