using CsCheck;

namespace QLearning.Grains.Tests.QTables;

/// <summary>Reads answer what SQL would answer.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeGrainReadTests(SiloFixture silo)
{
    [Fact]
    public async Task Nothing_is_known_of_an_unlearned_state()
    {
        var type = await silo.AddAgentTypeAsync();
        Assert.Null(await type.Grain.GetBestAction(Given.State("s")));
        Assert.Empty(await type.Grain.GetQValues(Given.State("s")));
    }

    [Fact]
    public async Task Rows_stored_by_SQL_are_read_with_all_they_say()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("s", "low", -1);
        await type.StoreAsync("s", "high", 1);
        await type.StoreAsync("s", "high", 2.5);
        var best = await type.Grain.GetBestAction(Given.State("s"));
        Assert.Equal(new BestAction(ActionKey.Parse("high"), "\"high\"", 2.5, 0.51, 2), best);
    }

    [Fact]
    public async Task Best_actions_come_in_the_order_asked_with_null_for_the_unknown()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([Given.Value("one", "a", 1), Given.Value("two", "b", 2)], WriteMode.WriteBehind);
        var best = await type.Grain.GetBestActions([Given.State("two"), Given.State("none"), Given.State("one"), Given.State("two")]);
        Assert.Equal(["b", null, "a", "b"], best.Select(action => action?.Key.ToString()));
        var values = await type.Grain.GetQValuesMany([Given.State("none"), Given.State("two")]);
        Assert.Empty(values[0]);
        Assert.Equal(2, Assert.Single(values[1]).Value);
    }

    [Fact]
    public async Task Q_values_come_highest_first_then_by_confidence_then_by_key()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany(
            [
                Given.Value("s", "d-often", 1), Given.Value("s", "d-often", 1), Given.Value("s", "c", 1), Given.Value("s", "b", 1),
                Given.Value("s", "top", 3), Given.Value("s", "a-bottom", -3),
            ],
            WriteMode.WriteBehind);
        var values = await type.Grain.GetQValues(Given.State("s"));
        Assert.Equal(["top", "d-often", "b", "c", "a-bottom"], values.Select(value => value.Action.ToString()));
        Assert.Equal((1, 2, 0.51, 0.49), (values[1].Value, values[1].VisitCount, values[1].Confidence, values[1].Uncertainty));
    }

    // Few distinct values and actions, so that ties are common.
    [Fact]
    public Task The_best_action_is_that_of_the_SQL_function() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 4], Gen.Int[-2, 2]).Array[1, 150].SampleAsync(AssertSameBestAsync, iter: 4, threads: 1);

    [Fact]
    public async Task Expired_rows_are_passed_over()
    {
        var type = await silo.AddAgentTypeAsync();
        var expired = await type.StoreAsync("s", "old", 9);
        await type.StoreAsync("s", "new", 1);
        await silo.Database.ExecuteInAsync($"update q_values set expires_at = now() - interval '1 s' where q_value_id = {expired}");
        Assert.Equal("new", (await type.Grain.GetBestAction(Given.State("s")))?.Key.ToString());
        Assert.Single(await type.Grain.GetQValues(Given.State("s")));
    }

    [Fact]
    public async Task A_table_loaded_whole_answers_an_unknown_state_without_the_database()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("s", "a", 1);
        Assert.True((await type.Grain.GetStatistics()).IsWhole);
        // In the order in which a flush locks them, which an earlier test may have left under way.
        await using var locked = await HeldLock.TakeAsync(
            silo.Database, "lock table q_table_owners, agent_types, q_values in access exclusive mode");
        Assert.Null(await type.Grain.GetBestAction(Given.State("unknown")));
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s")))?.QValue);
        Assert.Empty(await type.Grain.GetQValues(Given.State("unknown")));
    }

    private async Task AssertSameBestAsync((int State, int Action, int Value)[] upserts)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.UpsertMany([.. upserts.Select(u => Given.Value($"s{u.State}", $"a{u.Action}", u.Value))], WriteMode.Durable);
        foreach (var state in upserts.Select(u => $"s{u.State}").Distinct())
        {
            var best = await type.Grain.GetBestAction(Given.State(state));
            Assert.Equal(
                await silo.Database.QueryAsync<string>(
                    $"""
                    select concat(action_data, ' ', q_value::float8, ' ', confidence_score::float8)
                    from get_best_action('{type.Name}', '{state}')
                    """),
                FormattableString.Invariant($"{best!.Json} {best.QValue} {best.Confidence}"));
        }
    }
}
