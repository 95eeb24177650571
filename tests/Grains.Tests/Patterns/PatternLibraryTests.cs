namespace QLearning.Grains.Tests.Patterns;

/// <summary>Patterns are stored in versions, found from memory, and their uses are counted once.</summary>
[Collection(SharedSilo.Name)]
public sealed class PatternLibraryTests(SiloFixture silo)
{
    public static TheoryData<string> NewFlaws => [.. BadPatterns.Keys];

    public static TheoryData<string> QueryFlaws => [.. BadQueries.Keys];

    private static Dictionary<string, NewPattern?> BadPatterns { get; } = new()
    {
        ["none"] = null,
        ["empty id"] = New("p") with { Id = Guid.Empty },
        ["empty name"] = New(string.Empty),
        ["name too long"] = New(new string('n', 201)),
        ["name with NUL"] = New("a\0"),
        ["empty type"] = New("p") with { Type = string.Empty },
        ["type too long"] = New("p") with { Type = new string('t', 51) },
        ["category too long"] = New("p") with { Category = new string('t', 51) },
        ["data is no JSON"] = New("p") with { DataJson = "{" },
        ["data missing"] = New("p") with { DataJson = null! },
        ["data over 256 KiB"] = New("p") with { DataJson = $"\"{new string('x', 256 * 1024)}\"" },
        ["data too deep"] = New("p") with { DataJson = new string('[', 65) + new string(']', 65) },
        ["unknown operator"] = New("p") with { TriggerConditionsJson = """{"x": {"$near": 5}}""" },
        ["conditions are no object"] = New("p") with { TriggerConditionsJson = "[]" },
        ["outcome is no JSON"] = New("p") with { ExpectedOutcomeJson = "?" },
        ["metadata is no object"] = New("p") with { MetadataJson = "1" },
        ["negative TTL"] = New("p") with { TimeToLive = TimeSpan.FromDays(-1) },
        ["endless TTL"] = New("p") with { TimeToLive = TimeSpan.FromDays(36_501) },
    };

    private static Dictionary<string, PatternQuery?> BadQueries { get; } = new()
    {
        ["none"] = null,
        ["similarity 0"] = new() { MinSimilarity = 0 },
        ["similarity NaN"] = new() { MinSimilarity = double.NaN },
        ["limit 0"] = new() { Limit = 0 },
        ["limit 1001"] = new() { Limit = 1001 },
        ["name too long"] = new() { Name = new string('n', 201) },
        ["contained is no JSON"] = new() { ContainsJson = "{" },
        ["state is no JSON"] = new() { StateJson = "{" },
    };

    [Fact]
    public async Task A_name_that_exists_gets_a_new_version_with_its_parent()
    {
        var (type, library) = await LibraryAsync();
        var first = await library.Store(New("retry flaky") with
        {
            Category = "stability",
            TriggerConditionsJson = """{"rate": {"$gt": 0.1}}""",
            ExpectedOutcomeJson = """{"gain": 5}""",
            MetadataJson = """{"by": "x"}""",
        });
        Assert.Equal(
            (1, null, "stability", 0, 0.5, """{"by": "x"}"""),
            (first.Version, first.ParentId, first.Category, first.UsageCount, first.Confidence, first.MetadataJson));
        var second = await library.Store(New("retry flaky"));
        Assert.Equal((2, first.Id), (second.Version, second.ParentId));
        Assert.Equal(first, await library.GetByName("retry flaky", 1));
        Assert.Equal(second, await library.GetByName("retry flaky", null));
        Assert.Equal(first, await library.Get(first.Id));
        Assert.Equal(2, await CountAsync(type));
    }

    [Fact]
    public async Task Many_who_store_one_name_at_once_get_a_version_each()
    {
        var (_, library) = await LibraryAsync();
        var stored = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => library.Store(New("same")).AsTask()));
        Assert.Equal(Enumerable.Range(1, 12), stored.Select(pattern => pattern.Version).Order());
        Assert.Equal(12, (await library.GetByName("same", null)).Version);
    }

    [Fact]
    public async Task A_misspelt_name_finds_the_most_similar_first()
    {
        var (_, library) = await LibraryAsync();
        foreach (var name in new[] { "retry flaky tests", "boundary value tests", "retry network calls", "mutation testing" })
        {
            await library.Store(New(name));
        }

        await library.Store(New("retry flaky tests"));
        var found = await library.Search(new PatternQuery { Name = "rety flaky test" });
        Assert.Equal(("retry flaky tests", 2), (found[0].Pattern.Name, found[0].Pattern.Version));
        Assert.InRange(found[0].Similarity, 0.5, 0.99);
        Assert.DoesNotContain(found, match => match.Pattern.Name == "mutation testing");
        Assert.Equal(
            2, (await library.Search(new PatternQuery { Name = "retry flaky tests", MinSimilarity = 1, AllVersions = true })).Length);
    }

    [Fact]
    public async Task Patterns_are_filtered_by_type_category_data_and_state()
    {
        var (_, library) = await LibraryAsync();
        await library.Store(New("a") with { Category = "x", DataJson = """{"steps": ["open", "click"], "n": 3}""" });
        await library.Store(New("b") with
        {
            Type = "strategy",
            DataJson = """{"steps": ["open"]}""",
            TriggerConditionsJson = """{"coverage": {"$lt": 50}}""",
        });
        await library.Store(New("c") with { DataJson = "7", TriggerConditionsJson = """{"coverage": {"$gte": 50}}""" });
        Assert.Equal("b", await NamesAsync(library, new PatternQuery { Type = "strategy" }));
        Assert.Equal("a", await NamesAsync(library, new PatternQuery { Category = "x" }));
        Assert.Equal("a,b", await NamesAsync(library, new PatternQuery { ContainsJson = """{"steps": ["open"]}""" }));
        Assert.Equal("a", await NamesAsync(library, new PatternQuery { ContainsJson = """{"n": 3.0}""" }));
        Assert.Equal("a,b", await NamesAsync(library, new PatternQuery { StateJson = """{"coverage": 20}""" }));
        Assert.Equal("a,c", await NamesAsync(library, new PatternQuery { StateJson = """{"coverage": 80}""" }));
        Assert.Equal("a,b", await NamesAsync(library, new PatternQuery { Limit = 2 }));
    }

    [Fact]
    public async Task Without_a_name_the_best_proven_pattern_comes_first()
    {
        var (_, library) = await LibraryAsync();
        var (weak, strong) = (await library.Store(New("a weak")), await library.Store(New("z strong")));
        await library.RecordUses([Use(weak, false, -1), .. Enumerable.Range(0, 20).Select(_ => Use(strong, true, 1))]);
        Assert.Equal("z strong,a weak", await NamesAsync(library, new PatternQuery()));
    }

    [Fact]
    public async Task Uses_are_counted_durably_and_each_once()
    {
        var (type, library) = await LibraryAsync();
        var pattern = await library.Store(New("p"));
        var use = Use(pattern, true, 10);
        await library.RecordUses([use]);
        await library.RecordUses([use, Use(pattern, false, -4)]);
        var counted = await library.Get(pattern.Id);
        Assert.Equal((2, 1, 1, 3.0), (counted.UsageCount, counted.SuccessCount, counted.FailureCount, counted.AverageReward));
        Assert.NotNull(counted.LastUsed);
        Assert.Equal("2|1|1|3.0000|0.0945", await silo.Database.QueryAsync<string>($"""
            select concat_ws('|', usage_count, success_count, failure_count, avg_reward, confidence_score)
            from patterns where agent_type = '{type.Name}'
            """));
    }

    [Fact]
    public async Task Many_callers_share_statements_and_every_use_counts()
    {
        var (_, library) = await LibraryAsync();
        var patterns = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => library.Store(New($"p{i}")).AsTask()));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => library.RecordUses([Use(patterns[i % 3], i % 2 == 0, i)]).AsTask()));
        foreach (var pattern in patterns)
        {
            var counted = await library.Get(pattern.Id);
            Assert.Equal((100, 50, 50), (counted.UsageCount, counted.SuccessCount, counted.FailureCount));
        }
    }

    [Fact]
    public async Task One_id_for_uses_of_two_patterns_at_a_time_counts_for_one_and_both_callers_are_answered()
    {
        var (_, library) = await LibraryAsync();
        var (one, other) = (await library.Store(New("one")), await library.Store(New("other")));
        for (var i = 1; i <= 20; i++)
        {
            var use = Use(one, true, 1);
            var answers = await Task.WhenAll(
                library.RecordUses([use]).AsTask(), library.RecordUses([use with { PatternId = other.Id }]).AsTask());
            Assert.Equal([one.Id, other.Id], answers.Select(answer => Assert.Single(answer).Id));
            Assert.Equal(i, (await library.Get(one.Id)).UsageCount + (await library.Get(other.Id)).UsageCount);
        }
    }

    [Fact]
    public async Task A_use_of_a_pattern_that_SQL_deleted_does_no_harm_to_the_uses_beside_it()
    {
        var (type, library) = await LibraryAsync();
        var (stays, goes) = (await library.Store(New("stays")), await library.Store(New("goes")));
        await silo.Database.ExecuteInAsync($"delete from patterns where agent_type = '{type.Name}' and pattern_name = 'goes'");
        var calls = Enumerable.Range(0, 10).Select(i => library.RecordUses([Use(i % 5 == 0 ? goes : stays, true, 1)]).AsTask()).ToArray();
        var errors = await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call)));
        Assert.Equal(2, errors.Count(error => error is UnknownPatternException));
        Assert.Equal(8, (await library.Get(stays.Id)).UsageCount);
    }

    [Theory]
    [InlineData("usage_count = 2147483647, success_count = 2147483647", "2147483647|2147483647|0")]
    [InlineData("usage_count = 2147483646, failure_count = 2147483647", "2147483647|1|2147483647")]
    [InlineData("usage_count = -1, success_count = -1", "1|1|0")]
    [InlineData("usage_count = 1, success_count = 10, avg_reward = 'NaN'", "2|11|0")]
    public async Task A_use_of_a_pattern_whose_counters_SQL_made_odd_does_no_harm_to_the_uses_beside_it(string set, string counters)
    {
        var (_, library) = await LibraryAsync();
        var (odd, other) = (await library.Store(New("odd")), await library.Store(New("other")));
        await silo.Database.ExecuteInAsync($"update patterns set {set} where pattern_id = '{odd.Id}'");
        await Task.WhenAll(
            library.RecordUses([Use(odd, true, 1)]).AsTask(),
            library.RecordUses([Use(other, true, 1)]).AsTask(),
            library.RecordUses([Use(other, true, 1)]).AsTask());
        Assert.Equal(2, (await library.Get(other.Id)).UsageCount);
        Assert.Equal(counters, await silo.Database.QueryAsync<string>(
            $"select concat_ws('|', usage_count, success_count, failure_count) from patterns where pattern_id = '{odd.Id}'"));
        Assert.InRange((await library.Get(odd.Id)).Confidence, 0, 1);
    }

    [Fact]
    public async Task A_use_that_PostgreSQL_refuses_does_no_harm_to_the_uses_beside_it()
    {
        var (_, library) = await LibraryAsync();
        var (refused, other) = (await library.Store(New("refused")), await library.Store(New("other")));
        await silo.Database.ExecuteInAsync(
            $"alter table patterns add constraint never_used check (pattern_id <> '{refused.Id}' or usage_count = 0)");
        try
        {
            var first = library.RecordUses([Use(other, true, 1)]).AsTask();
            var bad = library.RecordUses([Use(refused, true, 1)]).AsTask();
            var beside = library.RecordUses([Use(other, true, 1)]).AsTask();
            await Task.WhenAll(first, beside);
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => bad);
            Assert.Contains("never_used", error.Message, StringComparison.Ordinal);
            Assert.Equal((2, 0), ((await library.Get(other.Id)).UsageCount, (await library.Get(refused.Id)).UsageCount));
        }
        finally
        {
            await silo.Database.ExecuteInAsync("alter table patterns drop constraint never_used");
        }
    }

    [Fact]
    public async Task A_pattern_whose_version_is_the_last_one_gets_no_next_version()
    {
        var (_, library) = await LibraryAsync();
        var pattern = await library.Store(New("p"));
        await silo.Database.ExecuteInAsync($"update patterns set version = 2147483647 where pattern_id = '{pattern.Id}'");
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await library.Store(New("p")));
        Assert.Contains("2147483647", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_pattern_is_refused_and_nothing_of_the_call_is_recorded()
    {
        var (_, library) = await LibraryAsync();
        var pattern = await library.Store(New("p"));
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.Get(Guid.NewGuid()));
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.GetByName("q", null));
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.GetByName("p", 2));
        await Assert.ThrowsAsync<UnknownPatternException>(async () =>
            await library.RecordUses([Use(pattern, true, 1), new PatternUse { PatternId = Guid.NewGuid(), Success = true }]));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await library.RecordUses([Use(pattern, true, double.NaN)]));
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await library.RecordUses([Use(pattern, true, 1) with { Id = Guid.Empty }]));
        Assert.Equal(0, (await library.Get(pattern.Id)).UsageCount);
    }

    [Fact]
    public async Task A_use_puts_the_expiry_off_and_an_expired_pattern_is_unknown()
    {
        var (type, library) = await LibraryAsync();
        var pattern = await library.Store(New("p") with { TimeToLive = TimeSpan.FromDays(10) });
        await silo.Database.ExecuteInAsync($"""
            update patterns set first_seen = now() - interval '4 days', expires_at = now() + interval '6 days'
            where agent_type = '{type.Name}'
            """);
        var used = (await library.RecordUses([Use(pattern, true, 1)]))[0];
        Assert.InRange(used.ExpiresAt!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(9.9), TimeSpan.FromDays(10.1));
        await silo.Database.ExecuteInAsync($"update patterns set expires_at = now() - interval '1 s' where agent_type = '{type.Name}'");
        await library.Reload();
        await Assert.ThrowsAsync<UnknownPatternException>(async () => await library.Get(pattern.Id));
        Assert.Empty(await library.Search(new PatternQuery()));
    }

    [Fact]
    public async Task What_SQL_stores_is_found_after_a_reload_and_odd_conditions_apply_to_no_state()
    {
        var (type, library) = await LibraryAsync();
        Assert.Empty(await library.Search(new PatternQuery()));
        await silo.Database.ExecuteInAsync($$"""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, trigger_conditions)
            values ('{{type.Name}}', 'by sql', 't', '{}', '{"x": {"$near": 1} }')
            """);
        await library.Reload();
        Assert.Equal("by sql", await NamesAsync(library, new PatternQuery()));
        Assert.Equal(string.Empty, await NamesAsync(library, new PatternQuery { StateJson = """{"x": 1}""" }));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(2_000)]
    public async Task Patterns_that_SQL_nested_deep_are_found_by_their_content_and_harm_no_search(int depth)
    {
        var (type, library) = await LibraryAsync();
        var (open, close) = (new string('[', depth), new string(']', depth));
        var not = string.Concat(Enumerable.Repeat("{\"$not\": ", depth)) + "{}" + new string('}', depth);
        await silo.Database.ExecuteInAsync($$"""
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data, trigger_conditions)
            values ('{{type.Name}}', 'data', 't', '{"k": 1, "deep": {{open}}{{close}}}', null),
                   ('{{type.Name}}', 'operand', 't', '{}', '{"x": {"$ne": {{open}}{{close}} } }'),
                   ('{{type.Name}}', 'nested', 't', '{}', '{{not}}'),
                   ('{{type.Name}}', 'plain', 't', '{"k": 1}', '{"x": 1}')
            """);
        await library.Reload();
        Assert.Equal("data,plain", await NamesAsync(library, new PatternQuery { ContainsJson = """{"k": 1}""" }));
        Assert.Equal("data", await NamesAsync(library, new PatternQuery { ContainsJson = """{"deep": [[[]]]}""" }));
        Assert.Equal("data,plain", await NamesAsync(library, new PatternQuery { StateJson = """{"x": 1}""" }));
    }

    [Fact]
    public async Task An_inactive_type_answers_searches_and_stores_nothing()
    {
        var (type, library) = await LibraryAsync();
        var pattern = await library.Store(New("p"));
        await silo.Database.ExecuteInAsync($"update agent_types set is_active = false where agent_type = '{type.Name}'");
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(async () => await library.RecordUses([Use(pattern, true, 1)])) is InvalidInputException,
            "the type to refuse");
        await Assert.ThrowsAsync<InvalidInputException>(async () => await library.Store(New("q")));
        Assert.Equal("p", await NamesAsync(library, new PatternQuery()));
    }

    [Fact]
    public async Task The_library_of_an_unknown_type_is_refused()
    {
        var library = silo.Grains.GetGrain<IPatternLibraryGrain>("no-such-type");
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await library.Search(new PatternQuery()));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(async () => await library.Store(New("p")));
    }

    [Fact]
    public async Task An_id_that_another_pattern_has_is_refused_and_told_again_for_its_own_it_is_stored_once()
    {
        var (type, library) = await LibraryAsync();
        var (other, otherLibrary) = await LibraryAsync();
        var first = await library.Store(New("p") with { Id = Guid.NewGuid() });

        Assert.Equal(first.Id, (await library.Store(New("p") with { Id = first.Id })).Id);
        var named = await Assert.ThrowsAsync<InvalidInputException>(async () => await library.Store(New("q") with { Id = first.Id }));
        await Assert.ThrowsAsync<InvalidInputException>(async () => await otherLibrary.Store(New("p") with { Id = first.Id }));

        Assert.Contains("another pattern has it", named.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (await CountAsync(type), await CountAsync(other)));
    }

    [Theory]
    [MemberData(nameof(NewFlaws))]
    public async Task A_bad_pattern_is_refused(string flaw)
    {
        var (type, library) = await LibraryAsync();
        await Assert.ThrowsAsync<InvalidInputException>(async () => await library.Store(BadPatterns[flaw]!));
        Assert.Equal(0, await CountAsync(type));
    }

    [Theory]
    [MemberData(nameof(QueryFlaws))]
    public async Task A_bad_query_is_refused(string flaw)
    {
        var (_, library) = await LibraryAsync();
        await Assert.ThrowsAsync<InvalidInputException>(async () => await library.Search(BadQueries[flaw]!));
    }

    private static NewPattern New(string name) => new() { Name = name, Type = "test_template", DataJson = "{}" };

    private static PatternUse Use(Pattern pattern, bool success, double reward) =>
        new() { PatternId = pattern.Id, Success = success, Reward = reward };

    private static async Task<string> NamesAsync(IPatternLibraryGrain library, PatternQuery query) =>
        string.Join(',', (await library.Search(query)).Select(match => match.Pattern.Name));

    private async Task<(TestAgentType Type, IPatternLibraryGrain Library)> LibraryAsync()
    {
        var type = await silo.AddAgentTypeAsync();
        return (type, silo.Grains.GetGrain<IPatternLibraryGrain>(type.Name));
    }

    private Task<long> CountAsync(TestAgentType type) =>
        silo.Database.QueryAsync<long>($"select count(*) from patterns where agent_type = '{type.Name}'");
}
