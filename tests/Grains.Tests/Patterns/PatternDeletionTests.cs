namespace QLearning.Grains.Tests.Patterns;

/// <summary>A deleted pattern is found no more, in memory or in the database.</summary>
[Collection(SharedSilo.Name)]
public sealed class PatternDeletionTests(SiloFixture silo)
{
    [Fact]
    public async Task A_pattern_goes_with_its_uses_and_the_version_before_it_is_found_again()
    {
        var type = await silo.AddAgentTypeAsync();
        var patterns = silo.Client.Patterns(type.Name);
        var first = await patterns.StoreAsync(New("retry"));
        var second = await patterns.StoreAsync(New("retry"));
        await patterns.RecordUseAsync(second.Id, success: true, 1);
        await patterns.RecordUseAsync(second.Id, success: true, 1);
        DeletedRows[] expected = [new("patterns", 1), new("pattern_uses", 2)];
        Assert.Equal(expected, await patterns.DeleteAsync(second.Id, isDryRun: true));
        Assert.Equal(second.Id, (await patterns.GetAsync("retry")).Id);
        Assert.Equal(expected, await patterns.DeleteAsync(second.Id));

        // Whoever did not hear the answer asks again.
        Assert.Equal(expected, await patterns.DeleteAsync(second.Id));
        Assert.Equal(first, await patterns.GetAsync("retry"));
        Assert.Equal([first], (await patterns.SearchAsync("retry")).Select(match => match.Pattern));
        await Assert.ThrowsAsync<UnknownPatternException>(() => patterns.RecordUseAsync(second.Id, success: true, 1));
        Assert.Equal(1, await silo.Database.QueryAsync<long>($"select count(*) from patterns where agent_type = '{type.Name}'"));
    }

    [Fact]
    public async Task A_deleted_pattern_that_comes_back_is_used_and_deleted_like_any_other()
    {
        var type = await silo.AddAgentTypeAsync();
        var patterns = silo.Client.Patterns(type.Name);
        var pattern = await patterns.StoreAsync(New("retry"));
        await patterns.RecordUseAsync(pattern.Id, success: true, 1);
        await patterns.DeleteAsync(pattern.Id);
        await RestoreAsync();
        Assert.Equal([new DeletedRows("patterns", 1), new DeletedRows("pattern_uses", 0)], await patterns.DeleteAsync(pattern.Id));
        Assert.Equal(0, await silo.Database.QueryAsync<long>($"select count(*) from patterns where agent_type = '{type.Name}'"));
        await RestoreAsync();
        await Eventually.Holds(async () => (await patterns.SearchAsync("retry")).Length == 1, "the row to be seen");
        await patterns.RecordUseAsync(pattern.Id, success: true, 1);
        Assert.Equal(1, (await patterns.GetAsync(pattern.Id)).UsageCount);
        await patterns.DeleteAsync(pattern.Id);
        await Assert.ThrowsAsync<UnknownPatternException>(() => patterns.GetAsync(pattern.Id));
        await patterns.StoreAsync(New("retry") with { Id = pattern.Id });
        Assert.Equal(pattern.Id, (await patterns.GetAsync("retry")).Id);

        Task<int> RestoreAsync() => silo.Database.ExecuteInAsync($$"""
            insert into patterns (pattern_id, agent_type, pattern_name, pattern_type, pattern_data)
            values ('{{pattern.Id}}', '{{type.Name}}', 'retry', 'test', '{}')
            """);
    }

    [Fact]
    public async Task A_later_version_outlives_its_parent()
    {
        var type = await silo.AddAgentTypeAsync();
        var patterns = silo.Client.Patterns(type.Name);
        var first = await patterns.StoreAsync(New("retry"));
        var second = await patterns.StoreAsync(New("retry"));
        await patterns.DeleteAsync(first.Id);
        Assert.Equal((second.Id, null), ((await patterns.GetAsync("retry")).Id, (await patterns.GetAsync("retry")).ParentId));
    }

    [Fact]
    public async Task A_pattern_of_another_type_or_none_is_unknown()
    {
        var (type, other) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        var pattern = await silo.Client.Patterns(other.Name).StoreAsync(New("retry"));
        await Assert.ThrowsAsync<UnknownPatternException>(() => silo.Client.Patterns(type.Name).DeleteAsync(pattern.Id));
        await Assert.ThrowsAsync<UnknownPatternException>(() => silo.Client.Patterns(type.Name).DeleteAsync(Guid.Empty, isDryRun: true));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => silo.Client.Patterns("test-genrator").DeleteAsync(pattern.Id));
        Assert.Equal(pattern, await silo.Client.Patterns(other.Name).GetAsync(pattern.Id));
    }

    private static NewPattern New(string name) => new() { Name = name, Type = "test", DataJson = "{}" };
}
