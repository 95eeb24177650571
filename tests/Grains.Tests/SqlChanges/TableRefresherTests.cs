using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Grains.QTables;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.QTables;
using QLearning.Storage.QTables;
using QLearning.Testing.Proxy;

namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>A table in memory becomes what the database has, in its own time and whatever fails meanwhile.</summary>
[Collection(SharedSilo.Name)]
public sealed class TableRefresherTests(SiloFixture silo) : IAsyncLifetime, IDisposable
{
    private const int States = (2 * TableRefresher.SliceSize) + 1;

    private readonly CoarseClock _clock = new(TimeProvider.System);

    // Stands for the turns of a grain.
    private readonly TaskScheduler _turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private TestAgentType? _type;
    private QTable? _table;

    private TestAgentType Type => _type!;

    private QTable Table => _table!;

    public async Task InitializeAsync()
    {
        _type = await silo.AddAgentTypeAsync();
        await LargeTables.FillAsync(silo.Database, _type, States);
        _table = new QTable(_clock, TimeSpan.FromDays(1)) { IsWhole = true };
        await Reader(silo.Database.DataSource).LoadAllAsync(
            TablePartition.Whole(_type.Name), row => _table.Load(row), CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task All_is_read_again_what_is_gone_goes_and_what_is_new_comes()
    {
        await WriteAsync("update q_values set q_value = q_value + 0.5 where {0}");
        await WriteAsync("delete from q_values where {0} and visit_count = 1 and q_value < 1001");
        await WriteAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select agent_type, 'new' || state_hash, '1', 'b', '"b"', q_value from q_values where {0}
            """);
        using var refresher = Refresher(silo.Database.DataSource, maxStates: 10_000);
        await TurnAsync(() => Do(() => refresher.Note(null)));
        await HoldsAsync(() => Table.StateCount == 2 * (States - 1_000) && Has($"news{States}", States + 0.5), "all to be read");
        Assert.True(await TurnAsync(() => Table.IsWhole && !Table.Contains(Given.State("s1000")) && Has("s1001", 1001.5)));
        Assert.Equal(Table.StateCount, Table.QValueCount);
    }

    [Fact]
    public async Task When_the_database_has_more_than_fits_what_is_hot_stays_hot()
    {
        await WriteAsync("update q_values set q_value = q_value + 0.5 where {0}");
        await Type.StoreAsync("another", "a", 1);
        using var refresher = Refresher(silo.Database.DataSource, States);
        await TurnAsync(() => Do(() => refresher.Note(null)));
        await HoldsAsync(() => !Table.IsWhole, "the table to be whole no longer");
        Assert.True(await TurnAsync(() => Table.StateCount == States && Has("s1", 1.5) && Has($"s{States}", States + 0.5)));
    }

    [Fact]
    public async Task What_cannot_be_read_is_read_when_the_database_is_back()
    {
        await using var proxy = new TcpProxy(silo.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        using var refresher = Refresher(source, maxStates: 10_000);
        proxy.Close();
        await Type.StoreAsync("s1", "a", 70);
        await WriteAsync("update q_values set q_value = q_value + 0.5 where {0} and state_hash <> 's1'");
        await TurnAsync(() => Do(() =>
        {
            refresher.Note([Given.State("s1")]);
            refresher.Note(null);
        }));
        proxy.Open();
        await HoldsAsync(() => Has("s1", 70) && Has("s2", 2.5) && Has($"s{States}", States + 0.5), "the changes to be read");
    }

    private static QTableReader Reader(NpgsqlDataSource source) => new(source);

    private static bool Do(Action action)
    {
        action();
        return true;
    }

    private TableRefresher Refresher(NpgsqlDataSource source, int maxStates) => new(
        TablePartition.Whole(Type.Name),
        Table,
        Reader(source),
        new StateLoader(Type.Name, Table, Reader(source), maxStates, new OwnerCounts()),
        TimeProvider.System,
        NullLogger.Instance);

    private bool Has(string state, double value) => Table.TryGetBest(Given.State(state), out var best) && best.QValue == value;

    private Task<T> TurnAsync<T>(Func<T> turn) => Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.None, _turns);

    private Task HoldsAsync(Func<bool> condition, string what) => Eventually.Holds(() => TurnAsync(condition), what);

    /// <summary>Writes without being noted: the test says itself what was changed.</summary>
    private Task<int> WriteAsync(string sql) => silo.Database.ExecuteInAsync(
        $"select set_config('qlearning.flush', 'on', true); {string.Format(null, sql, $"agent_type = '{Type.Name}'")}");
}
