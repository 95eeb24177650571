namespace QLearning.Grains.Tests.QTables;

/// <summary>An update with a number counts once, however often it is sent and whichever activation it meets.</summary>
public sealed class NumberedUpdatesTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly Guid _client = Guid.NewGuid();

    [Fact]
    public async Task A_batch_that_comes_twice_is_learned_once()
    {
        var type = await silo.AddAgentTypeAsync();
        var first = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 10), Given.Last("s", "b", 20)));
        var second = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 10), Given.Last("s", "b", 20)));
        Assert.Equal([(1.0, 1), (2.0, 1)], first.Results!.Select(result => (result.QValue, result.VisitCount)));
        Assert.Equal([(1.0, 1, 0.0), (2.0, 1, 0.0)], second.Results!.Select(result => (result.QValue, result.VisitCount, result.TdError)));
        Assert.Equal(2, (await type.Grain.GetStatistics()).Updates);
    }

    [Fact]
    public async Task Q_values_that_come_twice_are_stored_once()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Apply(Store(1, Given.Value("s", "a", 3)));
        await type.Grain.Apply(Store(2, Given.Value("s", "a", 4)));
        var repeated = await type.Grain.Apply(Store(1, Given.Value("s", "a", 3)));
        Assert.Equal((4, 2), (repeated.Results![0].QValue, repeated.Results[0].VisitCount));
    }

    [Fact]
    public async Task Numbers_may_come_in_any_order()
    {
        var type = await silo.AddAgentTypeAsync();
        foreach (var sequence in new long[] { 3, 1, 2, 3, 1, 4, 2 })
        {
            await type.Grain.Apply(Learn(sequence, Given.Last("s", "a", 1)));
        }

        Assert.Equal(4, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount);
    }

    [Fact]
    public async Task What_was_flushed_is_known_after_a_restart()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        await type.Grain.Apply(Learn(3, Given.Last("s", "a", 1)));
        await silo.StopSiloAsync();
        await silo.StartSiloAsync();
        var repeated = await type.Grain.Apply(Learn(3, Given.Last("s", "a", 1)));
        Assert.Equal((2, 2), (repeated.Results![0].VisitCount, repeated.Epoch));
        Assert.True(repeated.Results[0].Version <= repeated.Watermark);
        Assert.Equal(3, (await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task What_was_not_flushed_is_learned_by_the_next_activation()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Mode = WriteMode.Durable });
        await type.TakeAwayAsync();
        await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)));
        await Eventually.Holds(async () => await EpochAsync(type) == 3, "a new activation");
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount);
        Assert.Equal(2, (await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)))).Results![0].VisitCount);
        Assert.Equal(2, (await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task A_newer_activation_learns_nothing_before_older_updates_are_sent_again()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        await type.TakeAwayAsync();
        await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Mode = WriteMode.Durable }));
        await Eventually.Holds(async () => await EpochAsync(type) == 3, "a new activation");
        var refused = await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)) with { Epoch = 1 });
        Assert.Null(refused.Results);
        Assert.Equal(3, refused.Epoch);
        Assert.Null(await type.Grain.GetBestAction(Given.State("s")));
    }

    [Fact]
    public async Task An_activation_that_is_older_than_the_callers_knows_that_it_is_fenced()
    {
        var type = await silo.AddAgentTypeAsync();
        var error = await Assert.ThrowsAsync<FencedException>(async () => await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Epoch = 9 }));
        Assert.Contains($"'{type.Name}' with epoch 1 lost its rows", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await type.Grain.GetStatistics()).Updates);
    }

    [Fact]
    public async Task A_refused_batch_may_come_again_with_its_number()
    {
        var type = await silo.AddAgentTypeAsync();
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.Apply(Learn(1, Given.Last("s", "a", double.NaN))));
        Assert.Equal(1, (await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task Durability_says_which_flush_is_stored()
    {
        var type = await silo.AddAgentTypeAsync();
        var answer = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        Assert.True(answer.Results![0].Version > answer.Watermark);
        await type.Grain.Flush();
        Assert.Equal(new Durability(1, answer.Results[0].Version, 1), await type.Grain.GetDurability());
    }

    [Theory]
    [MemberData(nameof(BadBatches))]
    public async Task A_bad_batch_is_refused_and_changes_nothing(string problem, Func<UpdateBatch, UpdateBatch?> spoil)
    {
        var type = await silo.AddAgentTypeAsync();
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.Apply(spoil(Learn(5, Given.Last("s", "a", 1)))!));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await type.Grain.GetStatistics()).Updates);
    }

    public static TheoryData<string, Func<UpdateBatch, UpdateBatch?>> BadBatches() => new()
    {
        { "they are missing", _ => null },
        { "client id", batch => batch with { ClientId = Guid.Empty } },
        { "number of the updates", batch => batch with { Sequence = 0, SettledBelow = 1 } },
        { "settled number", batch => batch with { SettledBelow = 0 } },
        { "settled number", batch => batch with { SettledBelow = 6 } },
        { "epoch", batch => batch with { Epoch = -1 } },
        { "write mode", batch => batch with { Mode = (WriteMode)7 } },
        { "there are none, or both kinds", batch => batch with { Transitions = [] } },
        { "there are none, or both kinds", batch => batch with { Upserts = [Given.Value("s", "a", 1)] } },
        { "number of transitions", batch => batch with { Transitions = null! } },
        { "number of Q-values", batch => batch with { Upserts = null! } },
        { "number of transitions", batch => batch with { Transitions = new Transition[QLimits.MaxBatch + 1] } },
    };

    private static async Task<long> EpochAsync(TestAgentType type)
    {
        try
        {
            return (await type.Grain.GetDurability()).Epoch;
        }
        catch (FencedException)
        {
            return 0;
        }
    }

    private UpdateBatch Learn(long sequence, params Transition[] transitions) =>
        new() { ClientId = _client, Sequence = sequence, Transitions = transitions };

    private UpdateBatch Store(long sequence, params QValueUpsert[] upserts) =>
        new() { ClientId = _client, Sequence = sequence, Upserts = upserts };
}
