using Microsoft.Extensions.Time.Testing;
using Npgsql;
using QLearning.Grains.AgentTypes;
using QLearning.Storage.AgentTypes;
using QLearning.Testing.Proxy;

namespace QLearning.Grains.Tests.AgentTypes;

/// <summary>Agent types are a second old at most, and however many want one the database is asked once.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentTypeCacheTests(SiloFixture silo)
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task When_it_has_expired_one_asks_and_all_others_share_the_answer()
    {
        // A database without a silo, whose grains ask too.
        await using var database = await TestDatabase.CreateAsync();
        const string Name = "quality-gate";
        var cache = new AgentTypeCache(new AgentTypeStore(database.DataSource), _time);
        await AllGetAsync(cache, Name);
        await database.ExecuteInAsync($"update agent_types set display_name = 'changed' where agent_type = '{Name}'");
        using var statements = new SqlStatements(database);
        Assert.All(await AllGetAsync(cache, Name), info => Assert.NotEqual("changed", info.DisplayName));
        Assert.Equal(0, statements.Count("from agent_types where agent_type = $1"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Task<AgentTypeInfo>[] asking;
        await using (await HeldLock.TakeAsync(database, "lock table agent_types in access exclusive mode"))
        {
            asking = [.. Enumerable.Range(0, 50).Select(_ => cache.GetAsync(Name, CancellationToken.None).AsTask())];
            Assert.All(asking, task => Assert.False(task.IsCompleted));
            // However long the answer takes, there is no second question.
            _time.Advance(TimeSpan.FromSeconds(5));
            asking = [.. asking, cache.GetAsync(Name, CancellationToken.None).AsTask()];
        }

        Assert.All(await Task.WhenAll(asking), info => Assert.Equal("changed", info.DisplayName));
        Assert.Equal(1, statements.Count("from agent_types where agent_type = $1"));
    }

    [Fact]
    public async Task Names_that_are_not_registered_are_not_remembered()
    {
        var cache = Cache();
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<UnknownAgentTypeException>(() => cache.GetAsync($"unknown-{i}", CancellationToken.None).AsTask());
        }

        Assert.Equal(0, cache.Count);
        var type = await silo.AddAgentTypeAsync();
        await cache.GetAsync(type.Name, CancellationToken.None);
        await silo.Database.ExecuteInAsync($"delete from agent_types where agent_type = '{type.Name}'");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<UnknownAgentTypeException>(() => cache.GetAsync(type.Name, CancellationToken.None).AsTask());
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_answer_to_the_others()
    {
        var type = await silo.AddAgentTypeAsync();
        var cache = Cache();
        using var giving = new CancellationTokenSource();
        Task<AgentTypeInfo> first, second;
        await using (await HeldLock.TakeAsync(silo.Database, "lock table agent_types in access exclusive mode"))
        {
            first = cache.GetAsync(type.Name, giving.Token).AsTask();
            second = cache.GetAsync(type.Name, CancellationToken.None).AsTask();
            await giving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        Assert.Equal(type.Name, (await second).AgentType);
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_what_was_known_is_answered_and_afterwards_it_is_asked_again()
    {
        var (type, other) = (await silo.AddAgentTypeAsync(), await silo.AddAgentTypeAsync());
        await using var proxy = new TcpProxy(silo.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var cache = new AgentTypeCache(new AgentTypeStore(source), _time);
        await cache.GetAsync(type.Name, CancellationToken.None);
        await silo.Database.ExecuteInAsync($"update agent_types set display_name = 'changed' where agent_type = '{type.Name}'");
        proxy.Close();
        for (var second = 0; second < 3; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(type.Name, (await cache.GetAsync(type.Name, CancellationToken.None)).DisplayName);
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => cache.GetAsync(other.Name, CancellationToken.None).AsTask());
        proxy.Open();
        await Eventually.Holds(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return (await cache.GetAsync(type.Name, CancellationToken.None)).DisplayName == "changed";
            },
            "PostgreSQL to be asked again");
    }

    private static Task<AgentTypeInfo[]> AllGetAsync(AgentTypeCache cache, string name) =>
        Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => cache.GetAsync(name, CancellationToken.None).AsTask())));

    private AgentTypeCache Cache() => new(new AgentTypeStore(silo.Database.DataSource), _time);
}
