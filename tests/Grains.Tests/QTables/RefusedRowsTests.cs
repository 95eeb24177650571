namespace QLearning.Grains.Tests.QTables;

/// <summary>A Q-value that PostgreSQL refuses stays in memory and keeps nothing else of its agent type from becoming durable.</summary>
public sealed class RefusedRowsTests(SmallSiloBacklog silo) : IClassFixture<SmallSiloBacklog>
{
    [Fact]
    public async Task The_others_become_durable_and_so_does_it_when_it_is_learned_again_and_allowed()
    {
        var (type, before) = (await silo.AddAgentTypeAsync(), silo.Backlog.Refused);
        await silo.Database.ExecuteInAsync("alter table q_values add constraint refused check (action_hash <> 'bad') not valid");
        await type.Grain.UpsertMany(
            [Given.Value("s1", "a", 1), Given.Value("s1", "bad", 2), Given.Value("s2", "a", 3)], WriteMode.WriteBehind);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.Flush());
        Assert.Contains($"store 1 of 3 Q-values of '{type.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Equal([("s1", "a"), ("s2", "a")], (await type.RowsAsync()).Select(row => (row.State, row.Action)));
        Assert.Equal((1L, 1L), (silo.Backlog.QValues, silo.Backlog.Refused - before));
        Assert.Equal(2, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);

        await type.Grain.Upsert(Given.Value("s3", "a", 4), WriteMode.Durable);
        await silo.Database.ExecuteInAsync("alter table q_values drop constraint refused");
        await type.Grain.Upsert(Given.Value("s1", "bad", 5), WriteMode.Durable);
        Assert.Equal(
            [("s1", "a", 1), ("s1", "bad", 2), ("s2", "a", 1), ("s3", "a", 1)],
            (await type.RowsAsync()).Select(row => (row.State, row.Action, row.Visits)));
    }

    [Fact]
    public async Task A_durable_update_of_a_refused_row_that_is_sent_again_is_refused_again_until_its_row_is_stored()
    {
        var (type, constraint) = await RefusingAsync();
        var batch = Batch(Given.Value("s", "good", 1), Given.Value("s", "bad", 2));
        for (var tries = 1; tries <= 3; tries++)
        {
            var refused = await type.Grain.Apply(batch);
            Assert.IsType<StorageUnavailableException>(Assert.Single(refused.Refusals).Error);
            Assert.Equal((2L, 1), (refused.Results![1].Version, refused.Results[1].VisitCount));
            Assert.True(refused.Durable < 2);
        }

        Assert.Equal(["good"], (await type.RowsAsync()).Select(row => row.Action));
        Assert.Equal(0, await silo.Database.QueryAsync<long>(
            $"select count(*) from q_table_clients where client_id = '{batch.ClientId}' and (floor > 1 or 2 = any (above))"));
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.Flush());

        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await type.Grain.Flush();
        var stored = await type.Grain.Apply(batch);
        Assert.Empty(stored.Refusals);
        Assert.Equal(2, stored.Durable);
        Assert.Equal([0, 0], stored.Results!.Select(result => result.Version));
        Assert.Equal([("bad", 1), ("good", 1)], (await type.RowsAsync()).Select(row => (row.Action, row.Visits)));
    }

    [Fact]
    public async Task An_update_of_a_refused_row_is_not_told_to_be_stored_although_its_client_has_given_it_up()
    {
        var (type, constraint) = await RefusingAsync();
        var batch = Batch(Given.Value("s", "bad", 2));
        Assert.Single((await type.Grain.Apply(batch)).Refusals);
        var next = new UpdateGroup { Number = 2, Upserts = [Given.Value("s", "good", 1)] };
        Assert.Empty((await type.Grain.Apply(batch with { SettledBelow = 2, Groups = [next] })).Refusals);
        // As an agent's grain sends the steps of an episode again before it stores them.
        var late = await type.Grain.Apply(batch with { IsResent = true });
        Assert.IsType<StorageUnavailableException>(Assert.Single(late.Refusals).Error);
        Assert.Equal(1, late.Results![0].Version);
        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await type.Grain.Flush();
    }

    [Fact]
    public async Task The_next_owner_learns_an_update_whose_row_was_refused_and_not_the_others_of_its_flush()
    {
        var (type, constraint) = await RefusingAsync();
        var batch = Batch(Given.Value("s", "bad", 2), Given.Value("s", "good", 1));
        Assert.Single((await type.Grain.Apply(batch)).Refusals);
        var owner = (await type.Grain.GetDurability()).Owner;
        await type.TakeAwayAsync();
        await Assert.ThrowsAnyAsync<QLearningException>(
            async () => await type.Grain.Upsert(Given.Value("s", "other", 1), WriteMode.Durable));
        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await type.ReplacedAsync(owner);
        Assert.Empty((await type.Grain.Apply(batch)).Refusals);
        Assert.Equal([("bad", 1), ("good", 1)], (await type.RowsAsync()).Select(row => (row.Action, row.Visits)));
    }

    [Fact]
    public async Task States_are_counted_and_forgotten_although_all_that_waits_is_refused()
    {
        var (type, constraint) = await RefusingAsync();
        await type.Grain.Upsert(Given.Value("s", "good", 1), WriteMode.Durable);
        await type.Grain.Upsert(Given.Value("t", "bad", 2), WriteMode.WriteBehind);
        Assert.Equal(1, (await type.Grain.Forget(new ForgetRequest { IsDryRun = true })).QValues);
        Assert.Equal(1, (await type.Grain.Forget(new ForgetRequest { State = Given.State("s") })).QValues);
        await type.Grain.Upsert(Given.Value("u", "good", 3), WriteMode.Durable);
        Assert.Equal(["u"], (await type.RowsAsync()).Select(row => row.State));
        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await type.Grain.Flush();
        Assert.Equal(["t", "u"], (await type.RowsAsync()).Select(row => row.State).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_client_whose_rows_are_refused_can_forget_them_and_others()
    {
        var (type, constraint) = await RefusingAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.UpsertAsync([Given.Value("s", "good", 1), Given.Value("t", "bad", 2), Given.Value("u", "good", 3)]);
        Assert.Equal(1, await client.ForgetAsync(Given.State("s")));
        Assert.Equal(["u"], (await type.RowsAsync()).Select(row => row.State));
        await client.ForgetAsync(Given.State("t"));
        await client.FlushAsync();

        // Another owner does not get again what was forgotten.
        await type.TakeAwayAsync();
        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await client.UpsertAsync([Given.Value("v", "bad", 4)], WriteMode.Durable);
        Assert.Equal(["u", "v"], (await type.RowsAsync()).Select(row => row.State).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_type_with_a_refused_row_can_be_counted_and_reset_by_any_client()
    {
        var (type, constraint) = await RefusingAsync();
        var client = silo.Client.AgentType(type.Name);
        await client.UpsertAsync([Given.Value("s", "good", 1), Given.Value("t", "bad", 2)]);
        using var other = Clients.Over(silo.Services);
        Assert.Equal(1, await other.AgentType(type.Name).ResetAsync(isDryRun: true));
        Assert.Equal(1, await client.ResetAsync());
        await silo.Database.ExecuteInAsync($"alter table q_values drop constraint {constraint}");
        await client.UpsertAsync([Given.Value("u", "bad", 3)], WriteMode.Durable);
        await client.FlushAsync();
        Assert.Equal(["u"], (await type.RowsAsync()).Select(row => row.State));
    }

    private static UpdateBatch Batch(params QValueUpsert[] upserts) => new()
    {
        ClientId = Guid.NewGuid(),
        SettledBelow = 1,
        Groups = [new UpdateGroup { Number = 1, Upserts = upserts }],
        Mode = WriteMode.Durable,
    };

    /// <summary>An agent type whose rows of the action "bad" PostgreSQL refuses, while the constraint is there.</summary>
    private async Task<(TestAgentType Type, string Constraint)> RefusingAsync()
    {
        var type = await silo.AddAgentTypeAsync();
        var constraint = $"refused_of_{type.Name.Replace('-', '_')}";
        await silo.Database.ExecuteInAsync(
            $"alter table q_values add constraint {constraint} check (agent_type <> '{type.Name}' or action_hash <> 'bad') not valid");
        return (type, constraint);
    }
}
