using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Grains.QTables;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.QTables;
using QLearning.Learning.Rules;
using QLearning.Learning.Updates;
using QLearning.Storage.QTables;
using QLearning.Testing.Proxy;

namespace QLearning.Grains.Tests.SqlChanges;

/// <summary>A table in memory becomes what the database has, in its own time and whatever fails meanwhile.</summary>
[Collection(SharedSilo.Name)]
public sealed class TableRefresherTests(SiloFixture silo) : IAsyncLifetime, IDisposable
{
    private const int States = (2 * TableRefresher.SliceSize) + 1;

    private static readonly long[] _firstNumber = [1];

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

    [Fact]
    public async Task A_state_that_is_learned_for_the_first_time_while_all_is_read_gets_what_SQL_wrote_of_it()
    {
        var held = new HeldReader(Reader(silo.Database.DataSource));
        using var refresher = Refresher(held, Loader(held, maxStates: 10_000));
        await WriteAsync("""
            insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
            select agent_type, 'fresh', '1', 'b', '"b"', 99 from q_values where {0} and state_hash = 's1'
            """);
        await TurnAsync(() => Do(() => refresher.Note(null)));
        await held.Reading;
        await TurnAsync(() => Do(() => Learn("fresh", 3)));
        held.Release();
        await HoldsAsync(() => Has("fresh", 99), "what SQL wrote to be read");
        Assert.True(await TurnAsync(() => Table.IsWhole && Table.Added is null));
    }

    [Fact]
    public async Task A_load_that_began_before_the_change_is_read_again_by_a_pass_over_all()
    {
        Table.IsWhole = false;
        await Type.StoreAsync("x", "a", 1);
        var held = new HeldReader(Reader(silo.Database.DataSource));
        var loader = Loader(held, maxStates: 10_000);
        using var refresher = Refresher(Reader(silo.Database.DataSource), loader);
        var lease = await TurnAsync(() => loader.LeaseAsync([Given.State("x")]));
        await held.Reading;
        await WriteAsync("update q_values set q_value = 50 where {0} and state_hash = 'x'");
        await TurnAsync(() => Do(() => refresher.Note(null)));
        held.Release();
        using (await lease)
        {
            await HoldsAsync(() => Has("x", 50), "the change to be read");
        }
    }

    private void Learn(string state, double value) => new Learner(new AgentTypeInfo
    {
        AgentType = Type.Name,
        DisplayName = Type.Name,
        LearningRate = 0.1,
        DiscountFactor = 0.9,
        ExplorationRate = 0,
    }).UpsertMany(
        Table, [Given.Value(state, "a", value)], new UpdateNumbers(new ClientWindows(_clock), Guid.NewGuid(), 1, _firstNumber));

    private static QTableReader Reader(NpgsqlDataSource source) => new(source);

    private static bool Do(Action action)
    {
        action();
        return true;
    }

    private TableRefresher Refresher(NpgsqlDataSource source, int maxStates) =>
        Refresher(Reader(source), Loader(Reader(source), maxStates));

    private TableRefresher Refresher(IQTableReader reader, StateLoader loader) => new(
        TablePartition.Whole(Type.Name), Table, reader, loader, TimeProvider.System, NullLogger.Instance);

    private StateLoader Loader(IQTableReader reader, int maxStates) => new(Type.Name, Table, reader, maxStates, new OwnerCounts());

    private bool Has(string state, double value) => Table.TryGetBest(Given.State(state), out var best) && best.QValue == value;

    private Task<T> TurnAsync<T>(Func<T> turn) => Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.None, _turns);

    private Task HoldsAsync(Func<bool> condition, string what) => Eventually.Holds(() => TurnAsync(condition), what);

    /// <summary>Writes without being noted: the test says itself what was changed.</summary>
    private Task<int> WriteAsync(string sql) => silo.Database.ExecuteInAsync(
        $"select set_config('qlearning.flush', 'on', true); {string.Format(null, sql, $"agent_type = '{Type.Name}'")}");

    /// <summary>Answers its first query of states only when it is released, with what was there when it was asked.</summary>
    private sealed class HeldReader(IQTableReader reader) : IQTableReader
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => _reading.Task.WaitAsync(Eventually.DefaultDeadline);

        public void Release() => _released.SetResult();

        public async Task LoadStatesAsync(
            string agentType, IReadOnlyCollection<StateKey> states, Action<StoredQValue> onRow, CancellationToken cancellationToken)
        {
            var rows = new List<StoredQValue>();
            await reader.LoadStatesAsync(agentType, states, rows.Add, cancellationToken);
            _reading.TrySetResult();
            await _released.Task;
            rows.ForEach(onRow);
        }

        public Task<bool> HasMoreStatesThanAsync(TablePartition partition, int states, CancellationToken cancellationToken) =>
            reader.HasMoreStatesThanAsync(partition, states, cancellationToken);

        public Task LoadAllAsync(TablePartition partition, Action<StoredQValue> onRow, CancellationToken cancellationToken) =>
            reader.LoadAllAsync(partition, onRow, cancellationToken);

        public Task<StatePage> ListStatesAsync(TablePartition partition, string after, CancellationToken cancellationToken) =>
            reader.ListStatesAsync(partition, after, cancellationToken);
    }
}
