namespace QLearning.Grains.Tests.Patterns;

/// <summary>What was done to patterns before PostgreSQL went is told as done, and is seen.</summary>
public sealed class PatternOutageTests(ProxiedSilo silo) : IClassFixture<ProxiedSilo>
{
    private const string Kept = "kept-when-cut";

    [Fact]
    public async Task A_deletion_after_which_the_patterns_cannot_be_read_is_told_as_done_and_seen()
    {
        var patterns = silo.Client.Patterns((await silo.AddAgentTypeAsync()).Name);
        var (deleted, kept) = (await patterns.StoreAsync(New("deleted")), await patterns.StoreAsync(New(Kept)));
        // The patterns that are read after the deletion are the first to have it.
        silo.Proxy.Hang(from: Kept);

        var deletion = patterns.DeleteAsync(deleted.Id);
        try
        {
            await Eventually.Holds(() => silo.Proxy.Held.Contains(Kept, StringComparison.Ordinal), "the patterns to be on their way");
        }
        finally
        {
            silo.Proxy.Close();
        }

        Assert.Equal([new DeletedRows("patterns", 1), new DeletedRows("pattern_uses", 0)], await deletion);
        await Assert.ThrowsAsync<UnknownPatternException>(() => patterns.GetAsync(deleted.Id));
        Assert.Equal([kept], (await patterns.SearchAsync(Kept)).Select(match => match.Pattern));
        Assert.Empty(await patterns.SearchAsync("deleted"));
        silo.Proxy.Open();
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(() => patterns.ReloadAsync()) is null, "the patterns to be read again");
        await Assert.ThrowsAsync<UnknownPatternException>(() => patterns.GetAsync(deleted.Id));
        Assert.Equal(kept, await patterns.GetAsync(kept.Id));
    }

    private static NewPattern New(string name) => new() { Name = name, Type = "test", DataJson = "{}" };
}
