using Npgsql;

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
    public async Task Of_one_client_so_many_numbers_above_one_that_is_missing_are_kept_and_no_more()
    {
        var type = await silo.AddAgentTypeAsync();
        var some = Enumerable.Repeat(Given.Last("s", "a", 1), QLimits.MaxBatch).ToArray();
        for (var first = 2L; first < QLimits.MaxUnsettled; first += some.Length)
        {
            Assert.Empty((await type.Grain.Apply(Learn(first, some))).Refusals);
        }

        var tooMany = Learn(QLimits.MaxUnsettled + 2, Given.Last("s", "a", 1));
        var refusal = Assert.Single((await type.Grain.Apply(tooMany)).Refusals);
        Assert.Contains("200000", Assert.IsType<InvalidInputException>(refusal.Error).Message, StringComparison.Ordinal);
        // With the one that was missing all are one run.
        Assert.Empty((await type.Grain.Apply(tooMany with { SettledBelow = 2 })).Refusals);
        Assert.Equal(QLimits.MaxUnsettled + 1, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount);
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
        Assert.Equal((2, 0L), (repeated.Results![0].VisitCount, repeated.Results[0].Version));
        Assert.Equal(3, (await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task What_was_not_flushed_is_learned_by_the_next_activation()
    {
        var type = await silo.AddAgentTypeAsync();
        var owner = (await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Mode = WriteMode.Durable })).Owner;
        await type.TakeAwayAsync();
        await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)));
        await Eventually.Holds(async () => await OwnerAsync(type) is { } other && other != owner, "a new owner");
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s")))!.VisitCount);
        Assert.Equal(2, (await type.Grain.Apply(Learn(2, Given.Last("s", "a", 1)))).Results![0].VisitCount);
        Assert.Equal(2, (await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task Another_owner_learns_nothing_before_older_updates_are_sent_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var before = Guid.NewGuid();
        var refused = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Owner = before });
        Assert.Null(refused.Results);
        Assert.NotEqual(before, refused.Owner);
        Assert.Null(await type.Grain.GetBestAction(Given.State("s")));
        Assert.Single((await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with { Owner = refused.Owner })).Results!);
    }

    [Fact]
    public async Task What_was_learned_before_and_is_not_stored_has_its_own_version()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Flush();
        // No flush ends while it is locked.
        await using var connection = await silo.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select from q_table_owners where agent_type = '{type.Name}' for update", connection);
        await hold.ExecuteNonQueryAsync();
        var first = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        var newest = await type.Grain.Apply(Learn(2, Given.Last("s", "b", 1)));
        var repeated = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        Assert.Equal(first.Results![0].Version, repeated.Results![0].Version);
        Assert.True(repeated.Results[0].Version < newest.Results![0].Version);
    }

    [Fact]
    public async Task An_owner_is_another_one_also_when_its_epoch_is_the_same()
    {
        var type = await silo.AddAgentTypeAsync();
        var first = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        await silo.StopSiloAsync();
        // As a restored backup would have it.
        await silo.Database.ExecuteInAsync($"""
            delete from q_table_owners where agent_type = '{type.Name}';
            delete from q_values where agent_type = '{type.Name}';
            select setval('q_table_epochs', {first.Results![0].Epoch}, false)
            """);
        await silo.StartSiloAsync();
        var second = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        Assert.Equal(first.Results[0].Epoch, second.Results![0].Epoch);
        Assert.NotEqual(first.Owner, second.Owner);
        Assert.Equal(1, second.Results[0].VisitCount);
    }

    [Fact]
    public async Task A_refused_group_is_named_and_the_others_are_learned()
    {
        var type = await silo.AddAgentTypeAsync("""{"learningRule": "sarsa"}""");
        UpdateGroup Group(long number, Transition transition) => new() { Number = number, Transitions = [transition] };
        var answer = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)) with
        {
            Groups = [Group(1, Given.Last("s", "a", 1)), Group(2, Given.Step("s", "a", 1, "t")), Group(3, Given.Last("s", "b", 1))],
        });
        var refusal = Assert.Single(answer.Refusals);
        Assert.Equal(1, refusal.Group);
        Assert.IsType<InvalidInputException>(refusal.Error);
        Assert.Equal(2, (await type.Grain.GetQValues(Given.State("s"))).Sum(value => value.VisitCount));
        // Its number is free: nothing was learned under it.
        Assert.Equal(2, (await type.Grain.Apply(Learn(2, Given.Last("s", "b", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task A_group_of_which_a_part_was_learned_before_learns_the_rest()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Apply(Learn(2, Given.Last("s", "b", 1)));
        var answer = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1), Given.Last("s", "b", 1), Given.Last("s", "c", 1)));
        Assert.Equal([1, 1, 1], answer.Results!.Select(result => result.VisitCount));
        Assert.Equal(3, (await type.Grain.GetStatistics()).Updates);
    }

    [Fact]
    public async Task A_refused_batch_may_come_again_with_its_number()
    {
        var type = await silo.AddAgentTypeAsync();
        await Assert.ThrowsAsync<InvalidInputException>(async () => await type.Grain.Apply(Learn(1, Given.Last("s", "a", double.NaN))));
        Assert.Equal(1, (await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)))).Results![0].VisitCount);
    }

    [Fact]
    public async Task Durability_says_which_updates_are_stored()
    {
        var type = await silo.AddAgentTypeAsync();
        var answer = await type.Grain.Apply(Learn(1, Given.Last("s", "a", 1)));
        Assert.True(answer.Results![0].Version > answer.Durable);
        await type.Grain.Flush();
        Assert.Equal(new Durability(answer.Owner, answer.Results[0].Epoch, answer.Results[0].Version, 1), await type.Grain.GetDurability());
    }

    [Theory]
    [MemberData(nameof(BadBatches))]
    public async Task A_bad_batch_is_refused_and_changes_nothing(string problem, Func<UpdateBatch, UpdateBatch?> spoil)
    {
        var type = await silo.AddAgentTypeAsync();
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            async () => await type.Grain.Apply(spoil(Learn(5, Given.Last("s", "a", 1)))!));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await type.Grain.GetStatistics()).Updates);
    }

    public static TheoryData<string, Func<UpdateBatch, UpdateBatch?>> BadBatches() => new()
    {
        { "batch of updates", _ => null },
        { "client id", batch => batch with { ClientId = Guid.Empty } },
        { "number of the update", batch => batch with { Groups = [batch.Groups[0] with { Number = 0 }] } },
        { "number of the update", batch => batch with { Groups = [batch.Groups[0] with { Numbers = [-3] }] } },
        { "numbers of the updates", batch => batch with { Groups = [batch.Groups[0] with { Numbers = [1, 2] }] } },
        { "settled number", batch => batch with { SettledBelow = 0 } },
        { "write mode", batch => batch with { Mode = (WriteMode)7 } },
        { "number of groups", batch => batch with { Groups = null! } },
        { "number of groups", batch => batch with { Groups = [] } },
        { "group", batch => batch with { Groups = [null!] } },
        { "there are none, or several kinds", batch => batch with { Groups = [batch.Groups[0] with { Transitions = [] }] } },
        {
            "there are none, or several kinds",
            batch => batch with { Groups = [batch.Groups[0] with { Upserts = [Given.Value("s", "a", 1)] }] }
        },
        { "number of transitions", batch => batch with { Groups = [batch.Groups[0] with { Transitions = null! }] } },
        { "number of Q-values", batch => batch with { Groups = [batch.Groups[0] with { Upserts = null! }] } },
        { "number of delayed rewards", batch => batch with { Groups = [batch.Groups[0] with { Rewards = null! }] } },
        {
            "number of transitions",
            batch => batch with { Groups = [batch.Groups[0] with { Transitions = new Transition[QLimits.MaxBatch + 1] }] }
        },
        { "number of next states", batch => batch with { NextStates = null! } },
    };

    private static async Task<Guid?> OwnerAsync(TestAgentType type)
    {
        try
        {
            return (await type.Grain.GetDurability()).Owner;
        }
        catch (FencedException)
        {
            return null;
        }
    }

    private UpdateBatch Learn(long number, params Transition[] transitions) =>
        new() { ClientId = _client, SettledBelow = 1, Groups = [new UpdateGroup { Number = number, Transitions = transitions }] };

    private UpdateBatch Store(long number, params QValueUpsert[] upserts) =>
        new() { ClientId = _client, SettledBelow = 1, Groups = [new UpdateGroup { Number = number, Upserts = upserts }] };
}
