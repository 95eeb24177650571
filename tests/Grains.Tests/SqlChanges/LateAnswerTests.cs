namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>
/// SQL writes a row while the grain waits to hear of its own flush of that row: afterwards both have what was written last.
/// </summary>
public sealed class LateAnswerTests(LateAnswerSilo silo) : IClassFixture<LateAnswerSilo>, IDisposable
{
    public void Dispose() => silo.Deliver();

    [Fact]
    public async Task What_SQL_wrote_after_the_commit_is_read_again_when_the_answer_has_come()
    {
        var type = await CommittedButNotAnsweredAsync();
        await type.StoreAsync("s", "a", 50);
        await RefreshedAsync(type);
        silo.Deliver();
        await SeesAsync(type, (50, 2));
        Assert.Equal([(50.0, 2)], (await type.RowsAsync()).Where(row => row.State == "s").Select(row => (row.Value, row.Visits)));
    }

    [Fact]
    public async Task What_SQL_deleted_after_the_commit_is_gone_when_the_answer_has_come()
    {
        var type = await CommittedButNotAnsweredAsync();
        await silo.Database.ExecuteInAsync($"delete from q_values where agent_type = '{type.Name}'");
        await RefreshedAsync(type);
        silo.Deliver();
        await SeesAsync(type);
    }

    [Fact]
    public async Task What_the_agent_learned_since_wins_and_is_what_both_have()
    {
        var type = await CommittedButNotAnsweredAsync();
        await type.StoreAsync("s", "a", 50);
        await RefreshedAsync(type);
        await type.Grain.Upsert(Given.Value("s", "a", 3), WriteMode.WriteBehind);
        silo.Deliver();
        await type.Grain.Flush();
        await SeesAsync(type, (3, 2));
        Assert.Equal([(3.0, 2)], (await type.RowsAsync()).Where(row => row.State == "s").Select(row => (row.Value, row.Visits)));
    }

    /// <summary>A type whose Q-value 2 is stored, which its grain does not know yet.</summary>
    private async Task<TestAgentType> CommittedButNotAnsweredAsync()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        silo.HoldAnswers();
        await type.Grain.Upsert(Given.Value("s", "a", 2), WriteMode.WriteBehind);
        await Eventually.Holds(async () => (await type.RowsAsync()).Length == 1, "the flush to commit");
        return type;
    }

    /// <summary>Returns when the grain has read what SQL had written until now.</summary>
    private static async Task RefreshedAsync(TestAgentType type)
    {
        await type.StoreAsync("marker", "a", 1);
        await Eventually.Holds(
            async () => (await type.Grain.GetBestAction(Given.State("marker"))) is not null, "the grain to read what SQL wrote");
    }

    private static Task SeesAsync(TestAgentType type, params (double, int)[] expected) => Eventually.Holds(
        async () => (await type.Grain.GetQValues(Given.State("s")))
            .Select(value => (value.Value, value.VisitCount)).SequenceEqual(expected),
        $"the grain to see {string.Join(' ', expected)}");
}
