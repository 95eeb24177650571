namespace QLearning.Client.Tests.Updates;

/// <summary>Updates whose numbers their caller keeps count once, whichever client sends them, and before or after a restart.</summary>
public sealed class NumberedUpdatesTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Type = "visual-tester";

    [Fact]
    public async Task Another_client_that_sends_them_again_changes_nothing_also_after_a_restart_of_the_silo()
    {
        Transition[] steps = [Given.Last("n1", "a", 1), Given.Last("n2", "a", 1)];
        await using var first = await cluster.ConnectAsync();
        var numbers = first.AgentType(Type).TakeNumbers(steps.Length);
        Assert.Equal([1, 1], (await first.AgentType(Type).LearnAsync(steps, numbers)).Select(result => result.VisitCount));
        await using var second = await cluster.ConnectAsync();
        Assert.Equal([1, 1], (await second.AgentType(Type).LearnAsync(steps, numbers)).Select(result => result.VisitCount));
        await cluster.StopSiloAsync();
        await cluster.StartSiloAsync();
        Assert.Equal([0, 0], (await second.AgentType(Type).LearnAsync(steps, numbers)).Select(result => result.TdError));
        // In PostgreSQL when it returned, without a flush.
        Assert.Equal(2, await cluster.VisitsAsync(Type));
    }

    [Fact]
    public async Task Numbers_are_never_given_twice_and_a_refused_update_settles_no_other()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("quality-gate");
        var (first, second) = (type.TakeNumbers(1), type.TakeNumbers(10));
        Assert.Equal((first.ClientId, first.Number + 1), (second.ClientId, second.Number));
        await Assert.ThrowsAsync<InvalidInputException>(() => type.LearnAsync([Given.Last("r", "a", double.NaN)], second));
        await type.LearnAsync([Given.Last("later", "a", 1)], type.TakeNumbers(1));
        // Whoever held the first number for long may still use it.
        Assert.Equal(1, (await type.LearnAsync([Given.Last("held", "a", 1)], first))[0].VisitCount);
        Assert.Equal(2, await cluster.VisitsAsync("quality-gate"));
    }

    [Fact]
    public async Task A_block_of_numbers_ends_before_an_owner_would_have_too_many()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("test-executor");
        var taken = Enumerable.Range(0, 25).Select(_ => type.TakeNumbers(QLimits.MaxBatch)).ToList();
        Assert.All(taken, numbers => Assert.InRange(numbers.Number + QLimits.MaxBatch - 1, 1, QLimits.MaxUnsettled));
        Assert.True(taken.DistinctBy(numbers => numbers.ClientId).Count() > 1);
        Assert.Equal(taken.Count, taken.DistinctBy(numbers => (numbers.ClientId, numbers.Number)).Count());
    }
}
