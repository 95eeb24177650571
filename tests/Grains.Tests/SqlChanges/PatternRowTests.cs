namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>What SQL programs write to patterns is seen by the library within a second, not within its minute.</summary>
[Collection(SharedSilo.Name)]
public sealed class PatternRowTests(SiloFixture silo)
{
    [Fact]
    public async Task A_pattern_that_SQL_adds_changes_or_deletes_is_searched_as_it_is()
    {
        var (type, library, pattern) = await LibraryAsync();
        await silo.Database.ExecuteInAsync($$"""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('{{type.Name}}', 'new', 't', '{"a": 2}')
            """);
        await FindsAsync(library, """{"a": 2}""", 1);
        await silo.Database.ExecuteInAsync($$"""update patterns set pattern_data = '{"a": 3}' where pattern_id = '{{pattern.Id}}'""");
        await FindsAsync(library, """{"a": 3}""", 1);
        await FindsAsync(library, """{"a": 1}""", 0);
        await silo.Database.ExecuteInAsync($"delete from patterns where agent_type = '{type.Name}'");
        await FindsAsync(library, "{}", 0);
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.Get(pattern.Id));
    }

    [Fact]
    public async Task After_a_use_the_data_that_SQL_wrote_is_searched()
    {
        var (_, library, pattern) = await LibraryAsync();
        await FindsAsync(library, """{"a": 1}""", 1);
        await silo.Database.ExecuteInAsync($$"""
            begin;
            set local qlearning.flush = 'on';
            update patterns set pattern_data = '{"a": 9}', trigger_conditions = '{"x": 1}', pattern_name = 'renamed'
            where pattern_id = '{{pattern.Id}}';
            commit
            """);
        await library.RecordUses([new PatternUse { PatternId = pattern.Id, Success = true, Reward = 1 }]);
        Assert.Single(await library.Search(new PatternQuery { ContainsJson = """{"a": 9}""", StateJson = """{"x": 1}""" }));
        Assert.Empty(await library.Search(new PatternQuery { ContainsJson = """{"a": 1}""" }));
        Assert.Empty(await library.Search(new PatternQuery { StateJson = """{"x": 2}""" }));
        Assert.Equal("renamed", (await library.GetByName("renamed", null)).Name);
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.GetByName("p", null));
    }

    [Fact]
    public async Task A_use_is_not_told_as_a_foreign_write()
    {
        var (type, library, pattern) = await LibraryAsync();
        await library.RecordUses([new PatternUse { PatternId = pattern.Id, Success = true, Reward = 1 }]);
        Assert.Equal(0, await silo.Database.QueryAsync<long>(
            $"select count(*) from sql_changes where agent_type = '{type.Name}' and subject = 'patterns'"));
    }

    [Fact]
    public async Task Patterns_of_a_deleted_type_are_not_found()
    {
        var (type, library, _) = await LibraryAsync();
        await silo.Database.ExecuteInAsync($"delete from agent_types where agent_type = '{type.Name}'");
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await library.Search(new PatternQuery())) is UnknownAgentTypeException,
            "the type to be gone");
    }

    [Fact]
    public async Task Patterns_that_SQL_truncates_are_not_found()
    {
        var (_, library, pattern) = await LibraryAsync();
        await FindsAsync(library, "{}", 1);
        await silo.Database.ExecuteInAsync("truncate patterns cascade");
        await FindsAsync(library, "{}", 0);
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.Get(pattern.Id));
    }

    private async Task<(TestAgentType, IPatternLibraryGrain, Pattern)> LibraryAsync()
    {
        var type = await silo.AddAgentTypeAsync();
        var library = silo.Grains.GetGrain<IPatternLibraryGrain>(type.Name);
        return (type, library, await library.Store(new NewPattern { Name = "p", Type = "t", DataJson = """{"a": 1}""" }));
    }

    private static Task FindsAsync(IPatternLibraryGrain library, string contains, int count) => Eventually.Holds(
        async () => (await library.Search(new PatternQuery { ContainsJson = contains })).Length == count,
        $"{count} with {contains}");
}
