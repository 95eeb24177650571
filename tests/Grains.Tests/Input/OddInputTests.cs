namespace QLearning.Grains.Tests.Input;

/// <summary>What is unusual but allowed comes back from PostgreSQL as it was sent.</summary>
[Collection(SharedSilo.Name)]
public sealed class OddInputTests(SiloFixture silo)
{
    [Theory]
    [InlineData("null")]
    [InlineData("1e-307")]
    [InlineData("-0.000001e-300")]
    [InlineData("\"it's \\\"quoted\\\" \\u00e9 \\ud83d\\ude80\"")]
    [InlineData("{\"\": [], \"a\": {\"b\": [1, 2.50, true]}}")]
    public async Task Any_JSON_within_the_limits_describes_a_state_and_an_action(string json)
    {
        var type = await silo.AddAgentTypeAsync();
        var step = new Transition { State = State.FromJson(json), Action = AgentAction.FromJson(json), Reward = 1, Done = true };
        await type.Grain.Learn(step, WriteMode.Durable);
        Assert.True(await silo.Database.QueryAsync<bool>(
            $"""
            select state_data = action_data and state_data = '{json.Replace("'", "''", StringComparison.Ordinal)}'::jsonb
            from q_values where agent_type = '{type.Name}'
            """));
        Assert.Equal(1, (await type.Grain.GetBestAction(step.State.Key))!.VisitCount);
    }

    [Theory]
    [InlineData("1e308")]
    [InlineData("9007199254740993")]
    public async Task JSON_under_a_key_of_the_callers_own_keeps_numbers_beyond_2_to_the_53(string json)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(
            new QValueUpsert(State.FromKey("s") with { Json = json }, AgentAction.Named("a") with { Json = json }, 1), WriteMode.Durable);
        Assert.Equal(decimal.TryParse(json, out _), Assert.Single(await type.RowsAsync()).StateJson == json);
        var best = await type.Grain.GetBestAction(Given.State("s"));
        var step = Given.Last("s", "a", 1) with { Action = new AgentAction(best!.Key, best.Json) };
        Assert.Equal(2, (await type.Grain.Learn(step, WriteMode.Durable)).VisitCount);
    }

    [Theory]
    [InlineData("it's; drop table q_values --")]
    [InlineData(" ")]
    [InlineData("\u00e9\u4e2d\ud83d\ude80")]
    public async Task Any_key_of_up_to_64_characters_is_a_key(string key)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(new QValueUpsert(State.FromKey(key), AgentAction.Named(key), 2), WriteMode.Durable);
        var row = Assert.Single(await type.RowsAsync());
        Assert.Equal((key, key), (row.State, row.Action));
        Assert.Equal(key, (await type.Grain.GetBestAction(StateKey.Parse(key)))!.Key.ToString());
    }

    [Theory]
    [InlineData(999_999.999999)]
    [InlineData(-999_999.999999)]
    [InlineData(0.0000001)]
    public async Task The_largest_and_smallest_Q_values_are_stored(double value)
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Upsert(Given.Value("s", "a", value), WriteMode.Durable);
        Assert.Equal(Math.Round(value, 6), (await type.RowsAsync()).Single().Value);
    }
}
