using Microsoft.Extensions.DependencyInjection;
using QLearning.Storage.SqlChanges;

namespace QLearning.Grains.Tests.QTables;

/// <summary>While PostgreSQL is away the grains go on from memory, and when it is back it gets everything, once.</summary>
public sealed class OutageTests(ProxiedSilo silo) : IClassFixture<ProxiedSilo>, IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        silo.Proxy.Open();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Reads_and_learning_go_on_and_all_is_written_on_return()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s0", "a", 1), WriteMode.Durable);
        var owner = (await type.Grain.GetDurability()).Owner;
        silo.Proxy.Close();
        for (var i = 0; i < 500; i++)
        {
            await type.Grain.Learn(Given.Last($"s{i % 20}", "a", 1), WriteMode.WriteBehind);
        }

        var durable = type.Grain.Learn(Given.Last("s0", "a", 1), WriteMode.Durable).AsTask();
        Assert.Equal(25 + 2, (await type.Grain.GetBestAction(Given.State("s0")))!.VisitCount);
        Assert.Null(await type.Grain.GetBestAction(Given.State("unknown")));
        Assert.Equal("a", (await type.Grain.SelectAction(Given.Select("s7"))).Action.Key.ToString());
        Assert.Equal(20, (await type.Grain.GetStatistics()).Backlog);
        Assert.False(durable.IsCompleted);
        Assert.Equal(1, await type.VisitsAsync());

        silo.Proxy.Open();
        await durable;
        await type.Grain.Flush();
        var rows = await type.RowsAsync();
        Assert.Equal((502, 20), (rows.Sum(row => row.Visits), rows.Length));
        Assert.Equal(owner, (await type.Grain.GetDurability()).Owner);
    }

    [Fact]
    public async Task A_pattern_that_SQL_wrote_is_found_soon_also_after_a_reload_that_failed()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.Durable);
        var library = silo.Grains.GetGrain<IPatternLibraryGrain>(type.Name);
        Assert.Empty(await library.Search(new PatternQuery()));
        await silo.Database.ExecuteInAsync($$"""
            begin;
            insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('{{type.Name}}', 'new', 't', '{}');
            update q_values set q_value = 7 where agent_type = '{{type.Name}}';
            commit
            """);
        // Then it has been noted of the patterns too.
        await Eventually.Holds(
            async () => (await type.Grain.GetBestAction(Given.State("s")))!.QValue == 7, "what SQL wrote to be noted");
        silo.Proxy.Close();
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await library.Reload());
        silo.Proxy.Open();
        await Eventually.Holds(async () => (await library.Search(new PatternQuery())).Length == 1, "the pattern to be found");
    }

    [Fact]
    public async Task Write_behind_updates_are_written_on_return_without_another_call()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.Grain.GetStatistics();
        silo.Proxy.Close();
        await type.Grain.LearnMany([Given.Last("s", "a", 1), Given.Last("t", "a", 1), Given.Last("s", "a", 1)], WriteMode.WriteBehind);
        silo.Proxy.Open();
        await Eventually.Holds(async () => await type.VisitsAsync() == 3, "all visits in PostgreSQL");
    }

    [Fact]
    public async Task Connections_cut_in_the_middle_of_flushes_neither_lose_nor_double_an_update()
    {
        var types = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => silo.AddAgentTypeAsync()));
        await Task.WhenAll(types.Select(type => type.Grain.GetStatistics().AsTask()));
        using var stop = new CancellationTokenSource();
        var learners = types.Select(type => LearnUntilAsync(type, stop.Token)).ToList();
        for (var cut = 0; cut < 10; cut++)
        {
            var before = await types[0].WatermarkAsync();
            await Eventually.Holds(async () => await types[0].WatermarkAsync() > before, "flushes to get through");
            silo.Proxy.Close();
            silo.Proxy.Open();
        }

        await stop.CancelAsync();
        var learned = await Task.WhenAll(learners);
        foreach (var (type, count) in types.Zip(learned))
        {
            await type.Grain.Flush();
            Assert.Equal(count, await type.VisitsAsync());
            Assert.Equal(count, (await type.Grain.GetStatistics()).Visits);
        }
    }

    [Fact]
    public async Task A_type_that_is_not_loaded_cannot_be_answered_until_PostgreSQL_is_back()
    {
        var type = await silo.AddAgentTypeAsync();
        await type.StoreAsync("s", "a", 5);
        silo.Proxy.Close();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.GetBestAction(Given.State("s")));
        Assert.Contains($"PostgreSQL could not look up the agent type '{type.Name}'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(
            async () => await type.Grain.Learn(Given.Last("s", "a", 1), WriteMode.WriteBehind));
        silo.Proxy.Open();
        Assert.Equal(5, (await type.Grain.GetBestAction(Given.State("s")))!.QValue);
    }

    [Fact]
    public async Task The_registry_says_that_PostgreSQL_is_away()
    {
        var registry = silo.Grains.GetGrain<IRegistryGrain>(IRegistryGrain.Key);
        silo.Proxy.Close();
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await registry.GetAgentTypes());
        Assert.Contains("PostgreSQL could not list the agent types", error.Message, StringComparison.Ordinal);
        silo.Proxy.Open();
        Assert.Contains("test-generator", (await registry.GetAgentTypes()).Select(type => type.AgentType));
    }

    [Fact]
    public async Task Of_a_table_larger_than_the_hot_limit_only_hot_states_are_answered()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 20000}""");
        await LargeTables.FillAsync(silo.Database, type, 20_001);
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);
        silo.Proxy.Close();
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await type.Grain.GetBestAction(Given.State("s2")));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            async () => await type.Grain.Learn(Given.Step("s1", "a", 1, "s2"), WriteMode.WriteBehind));
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s1")))!.VisitCount);
        silo.Proxy.Open();
        Assert.Equal(2, (await type.Grain.GetBestAction(Given.State("s2")))!.QValue);
    }

    [Fact]
    public async Task What_is_hot_stays_hot_while_all_is_read_again()
    {
        var type = await silo.AddAgentTypeAsync("""{"hotLimit": 20000}""");
        await LargeTables.FillAsync(silo.Database, type, 20_001);
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);
        silo.Proxy.Hang(from: type.Name);
        silo.Services.GetRequiredService<ISqlChangeSink>().QValuesChanged(type.Name, states: null);
        await Eventually.Holds(() => silo.Proxy.Held.Contains(type.Name, StringComparison.Ordinal), "the hot states to be read again");
        Assert.Equal(1, (await type.Grain.GetBestAction(Given.State("s1")))!.QValue);
        await silo.Database.ExecuteInAsync($"update q_values set q_value = 7 where agent_type = '{type.Name}' and state_hash = 's1'");
        silo.Proxy.Open();
        await Eventually.Holds(async () => (await type.Grain.GetBestAction(Given.State("s1")))!.QValue == 7, "the change to be seen");
    }

    private static async Task<long> LearnUntilAsync(TestAgentType type, CancellationToken stop)
    {
        long learned = 0;
        while (!stop.IsCancellationRequested)
        {
            await type.Grain.LearnMany([Given.Last($"s{learned % 97}", "a", 1), Given.Last($"t{learned}", "b", 1)], WriteMode.WriteBehind);
            await type.Grain.Learn(Given.Last($"s{learned % 13}", "a", 1), WriteMode.Durable);
            learned += 3;
        }

        return learned;
    }
}
