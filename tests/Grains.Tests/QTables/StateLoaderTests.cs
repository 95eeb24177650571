using Npgsql;
using QLearning.Grains.QTables;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;
using QLearning.Testing.Proxy;

namespace QLearning.Grains.Tests.QTables;

/// <summary>What a caller asked for stays in memory until it has used it, and no caller waits for ever.</summary>
[Collection(SharedSilo.Name)]
public sealed class StateLoaderTests(SiloFixture silo) : IAsyncLifetime, IDisposable
{
    private const int MaxStates = 10;

    private readonly CoarseClock _clock = new(TimeProvider.System);

    // Stands for the turns of a grain: the table and the loader are for one thread at a time.
    private readonly TaskScheduler _turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private TestAgentType? _type;
    private QTable? _table;

    private QTable Table => _table!;

    public async Task InitializeAsync()
    {
        _type = await silo.AddAgentTypeAsync();
        await LargeTables.FillAsync(silo.Database, _type, 100);
        _table = new QTable(_clock, TimeSpan.FromDays(1));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _clock.Dispose();

    [Fact]
    public Task Leased_states_stay_until_the_last_lease_ends() => TurnsAsync(async () =>
    {
        var loader = Loader();
        var (first, second) = (await loader.LeaseAsync(LargeTables.States(1, 5)), await loader.LeaseAsync(LargeTables.States(3, 3)));
        Assert.Equal(0, Table.Evict(0));
        first.Dispose();
        first.Dispose();
        Assert.Equal(2, Table.Evict(0));
        Assert.Equal(["s3", "s4", "s5"], Table.States().Select(state => state.ToString()).Order());
        second.Dispose();
        Assert.Equal(3, Table.Evict(0));
    });

    [Fact]
    public Task A_state_that_the_database_does_not_have_is_leased_too() => TurnsAsync(async () =>
    {
        using var lease = await Loader().LeaseAsync([Given.State("nowhere")]);
        Table.Evict(0);
        Assert.True(Table.Contains(Given.State("nowhere")));
    });

    [Fact]
    public Task Who_finds_no_room_waits_in_line_and_what_is_hot_is_leased_at_once() => TurnsAsync(async () =>
    {
        var loader = Loader();
        var first = await loader.LeaseAsync(LargeTables.States(1, 8));
        var second = loader.LeaseAsync(LargeTables.States(11, 8));
        var third = loader.LeaseAsync(LargeTables.States(21, 1));
        (await loader.LeaseAsync(LargeTables.States(1, 2))).Dispose();
        Assert.Equal((false, false, 8), (second.IsCompleted, third.IsCompleted, Table.StateCount));
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.InRange(Table.StateCount, 9, MaxStates);
    });

    [Fact]
    public Task Who_wants_more_than_there_is_room_for_is_let_in_alone() => TurnsAsync(async () =>
    {
        var loader = Loader();
        var first = await loader.LeaseAsync(LargeTables.States(1, 1));
        var large = loader.LeaseAsync(LargeTables.States(11, 30));
        Assert.False(large.IsCompleted);
        first.Dispose();
        using var lease = await large;
        Assert.All(LargeTables.States(11, 30), state => Assert.True(Table.Contains(state)));
    });

    [Fact]
    public Task Who_cannot_load_makes_room_for_the_next() => TurnsAsync(async () =>
    {
        await using var proxy = new TcpProxy(silo.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        proxy.Close();
        var loader = Loader(source);
        var (first, second) = (loader.LeaseAsync(LargeTables.States(1, 8)), loader.LeaseAsync(LargeTables.States(11, 8)));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => first);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => second);
        proxy.Open();
        using var third = await loader.LeaseAsync(LargeTables.States(21, 8));
        Assert.Equal(8, Table.StateCount);
    });

    private Task TurnsAsync(Func<Task> test) =>
        Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, _turns).Unwrap();

    private StateLoader Loader(NpgsqlDataSource? source = null) =>
        new(_type!.Name, Table, new QTableReader(source ?? silo.Database.DataSource), MaxStates, new OwnerCounts());
}
