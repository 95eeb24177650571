namespace QLearning.Client.Tests.Merging;

/// <summary>Many callers at once in one process: their calls go together, and each gets what he would get alone.</summary>
public sealed class MergedCallsTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const int Callers = 300;

    [Theory]
    [InlineData(WriteMode.AgentTypeDefault)]
    [InlineData(WriteMode.WriteBehind)]
    [InlineData(WriteMode.Durable)]
    public async Task Each_update_counts_once_and_is_answered_with_its_own_result(WriteMode mode)
    {
        var name = mode switch { WriteMode.Durable => "quality-gate", WriteMode.WriteBehind => "test-executor", _ => "coverage-analyzer" };
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType(name);
        var results = await Task.WhenAll(Enumerable.Range(1, Callers).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10 * i), mode)));
        Assert.Equal(
            Enumerable.Range(1, Callers).Select(i => ((double)i, 1)),
            results.Select(result => (Math.Round(result.QValue, 6), result.VisitCount)));
        await type.FlushAsync();
        Assert.Equal(Callers, await cluster.VisitsAsync(name));
        var best = await Task.WhenAll(Enumerable.Range(1, Callers).Select(i => type.GetBestActionAsync(Given.State($"s{i}"))));
        Assert.Equal(Enumerable.Range(1, Callers).Select(i => (double)i), best.Select(action => Math.Round(action!.QValue, 6)));
    }

    [Fact]
    public async Task One_that_is_wrong_is_refused_alone()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("security-scanner");
        var calls = Enumerable.Range(0, Callers)
            .Select(i => type.LearnAsync(Given.Last($"s{i}", "a", i == 200 ? double.NaN : 1), WriteMode.WriteBehind))
            .ToArray();
        await Assert.ThrowsAsync<InvalidInputException>(() => calls[200]);
        Assert.All(await Task.WhenAll(calls.Where((_, i) => i != 200)), result => Assert.Equal(1, result.VisitCount));
        await type.FlushAsync();
        Assert.Equal(Callers - 1, await cluster.VisitsAsync("security-scanner"));
        await Eventually.Holds(() => type.NotDurableCount == 0, "everything to be durable");
    }

    [Fact]
    public async Task A_read_without_a_key_is_refused_alone()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("visual-tester");
        var calls = Enumerable.Range(0, Callers).Select(i => type.GetBestActionAsync(i == 200 ? default : Given.State("s"))).ToArray();
        await Assert.ThrowsAsync<InvalidInputException>(() => calls[200]);
        Assert.All(await Task.WhenAll(calls.Where((_, i) => i != 200)), Assert.Null);
    }

    [Fact]
    public async Task Without_merging_the_answers_are_the_same()
    {
        await using var client = await cluster.ConnectAsync(options => options.MergeCalls = false);
        var type = client.AgentType("performance-tester");
        await Task.WhenAll(Enumerable.Range(1, Callers).Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 10 * i))));
        var best = await Task.WhenAll(Enumerable.Range(1, Callers).Select(i => type.GetBestActionAsync(Given.State($"s{i}"))));
        Assert.Equal(Enumerable.Range(1, Callers).Select(i => (double)i), best.Select(action => Math.Round(action!.QValue, 6)));
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_harm_the_others()
    {
        await using var client = await cluster.ConnectAsync();
        var type = client.AgentType("chaos-engineer");
        using var cancelled = new CancellationTokenSource();
        var calls = Enumerable.Range(0, Callers)
            .Select(i => type.LearnAsync(Given.Last($"s{i}", "a", 1), WriteMode.WriteBehind, i % 2 == 0 ? cancelled.Token : default))
            .ToArray();
        await cancelled.CancelAsync();
        Assert.All(await Task.WhenAll(calls.Where((_, i) => i % 2 == 1)), result => Assert.Equal(1, result.VisitCount));
        foreach (var call in calls.Where((_, i) => i % 2 == 0))
        {
            await Record.ExceptionAsync(() => call);
            Assert.True(call.IsCompletedSuccessfully || call.IsCanceled);
        }
    }
}
