using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>
/// One case: owners hand in flushes together, round by round, things happen to them, and after each round what each was told is compared
/// with what the tables hold.
/// </summary>
internal sealed class ToldCase : IAsyncDisposable
{
    private const string TimeLimit = ";Options=-c statement_timeout=500;Command Timeout=3";
    private readonly ToldPlan _plan;
    private readonly TestDatabase _database;
    private readonly Random _random;
    private readonly OwnMeters _meters = new();
    private readonly CuttingProxy? _proxy;
    private readonly NpgsqlDataSource _source;
    private readonly TroubledWriter _writer;
    private readonly WriteLane<QTableBatch, FlushOutcome> _lane;
    private readonly CaseEvents _events;
    private readonly ConcurrentQueue<ToldOwner> _owners = [];
    private readonly ConcurrentQueue<ToldFlush> _flushes = [];
    private readonly string _opener;
    private TaskCompletionSource? _entered;
    private TaskCompletionSource _opened = new();
    private int _attempts = -1;
    private volatile bool _isStopped;

    public ToldCase(TestDatabase database, ToldPlan plan)
    {
        (_database, _plan, _random, _opener) = (database, plan, new Random(plan.Seed), NameType(plan, "opener"));
        _proxy = plan.HasCuts ? new CuttingProxy(database.ConnectionString, plan.Mark) : null;
        _source = NpgsqlDataSource.Create(
            (_proxy?.ConnectionString ?? database.ConnectionString)
            + $";Application Name={RowTroubles.Application}{(plan.HasTimeLimit ? TimeLimit : "")}");
        _writer = new TroubledWriter(new QTableLaneWriter(_source), plan.Statement, BeforeAsync);
        _lane = new WriteLane<QTableBatch, FlushOutcome>(
            _writer, plan.Options, new FlushInstruments(_meters), NullLogger.Instance, TimeProvider.System);
        _events = new CaseEvents(this, plan, database, _proxy);
    }

    /// <summary>The owners that nobody has taken the rows from.</summary>
    public ToldOwner[] Owners =>
        [.. _owners.Where(owner => owner.AtFence is null && !owner.IsOver && owner.Part.Key.AgentType != _opener)];

    /// <summary>The newest attempt of the lane.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Whether nobody waits for the lane.</summary>
    public bool IsAllTold => _flushes.All(flush => flush.Told.IsCompleted);

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public async Task<string?> RunAsync()
    {
        try
        {
            await RowTroubles.SetAsync(_database, _plan.Troubles);
            var opener = await BeginAsync();
            for (var round = 0; round < _plan.Rounds && !_isStopped; round++)
            {
                if (await RoundAsync(opener) is { } wrong)
                {
                    return wrong;
                }
            }

            await _lane.DisposeAsync();
            await _events.ForwardHeldAsync();
            return await ChangedAfterwardsAsync();
        }
        catch (TimeoutException error)
        {
            return $"{error.Message}\n{string.Join("\n", _flushes)}";
        }
    }

    /// <summary>Gives a partition, whose owner has lost it, to another, who begins at once.</summary>
    public void Succeed(ToldOwner lost, OwnershipTaken taken) => HandIn(NewOwner(lost.Part, taken, lost.AtFence!), _plan.MostRows);

    /// <summary>Stops the lane. Not to be awaited by the lane.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _lane.DisposeAsync().AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await _lane.DisposeAsync();
        await _source.DisposeAsync();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        _events.Dispose();
        _meters.Dispose();
    }

    private static string NameType(ToldPlan plan, string name) => string.Create(CultureInfo.InvariantCulture, $"told-{plan.Seed}-{name}");

    private ToldOwner NewOwner(ToldPart part, OwnershipTaken taken, OwnerRows stored)
    {
        var number = _owners.Count;
        var owner = new ToldOwner(part, taken, stored, number, new Random((_plan.Seed * 100) + number));
        _owners.Enqueue(owner);
        return owner;
    }

    private async Task<ToldOwner> BeginAsync()
    {
        foreach (var type in Enumerable.Range(0, _plan.Types).Select(i => i.ToString(CultureInfo.InvariantCulture)))
        {
            await AddTypeAsync(NameType(_plan, type), _plan.Partitions);
        }

        await AddTypeAsync(_opener, 1);
        return _owners.Last();
    }

    private async Task AddTypeAsync(string type, int partitions)
    {
        await _database.ExecuteInAsync($$"""
            insert into agent_types (agent_type, display_name, metadata) values ('{{type}}', '', '{"partitions": {{partitions}}}')
            """);
        for (var i = 0; i < partitions; i++)
        {
            var part = new ToldPart(new TablePartition(type, i, partitions), _random, _plan.Refused);
            var taken = await new QTableOwnership(_database.DataSource).TakeAsync(
                part.Partition, repartition: true, CancellationToken.None);
            NewOwner(part, taken, OwnerRows.None);
        }
    }

    /// <summary>All hand in while the lane is held up, so that they share a transaction if it is large enough.</summary>
    private async Task<string?> RoundAsync(ToldOwner opener)
    {
        _flushes.Clear();
        (_entered, _opened) = (NewSignal(), NewSignal());
        HandIn(opener, 0);
        await _entered.Task.WaitAsync(Eventually.DefaultDeadline);
        _entered = null;
        foreach (var owner in _owners.Where(owner => !owner.IsOver && owner != opener).ToArray())
        {
            await SpoilAsync(owner);
            HandIn(owner, _plan.MostRows);
            if (_random.NextDouble() < _plan.IsFencedFirst)
            {
                await _events.FenceAsync(owner, hasSuccessor: _random.Next(3) > 0);
            }
        }

        _opened.SetResult();
        await AllToldAsync();
        return await CheckAsync();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void HandIn(ToldOwner owner, int most)
    {
        var flush = owner.Next(most, _plan.StateJson);
        flush.Told = _lane.WriteAsync(flush.Batch);
        _flushes.Enqueue(flush);
    }

    /// <summary>Another program deletes or moves a row between two flushes.</summary>
    private async Task SpoilAsync(ToldOwner owner)
    {
        if (owner.AtFence is not null || owner.Stored.Values.Count == 0 || _random.Next(5) > 0)
        {
            return;
        }

        var (state, stored) = owner.Stored.Values.MinBy(value => value.Value.RowId);
        await _database.ExecuteInAsync(
            (_random.Next(2) == 0 ? "delete from q_values" : "update q_values set state_hash = 'moved-' || q_value_id")
            + string.Create(CultureInfo.InvariantCulture, $" where q_value_id = {stored.RowId}"));
        owner.Forget(state);
    }

    private async Task BeforeAsync(IReadOnlyList<QTableBatch> items)
    {
        if (_entered is { } entered && items.Any(item => item.Owner.AgentType == _opener))
        {
            entered.TrySetResult();
            await _opened.Task;
            return;
        }

        await _events.BeforeAsync(Interlocked.Increment(ref _attempts));
    }

    /// <summary>Who takes over meanwhile hands in too.</summary>
    private async Task AllToldAsync()
    {
        int count;
        do
        {
            count = _flushes.Count;
            await Task.WhenAll(_flushes.Select(flush => flush.Told)).WaitAsync(Eventually.DefaultDeadline);
            await _events.EndAsync().WaitAsync(Eventually.DefaultDeadline);
        }
        while (count != _flushes.Count);
        await _writer.QuietAsync().WaitAsync(Eventually.DefaultDeadline);
    }

    private async Task<string?> CheckAsync()
    {
        foreach (var flush in _flushes)
        {
            var owner = flush.Owner;
            var actual = owner.AtFence ?? await OwnerRows.ReadAsync(_database.DataSource, owner.Part);
            var can = new CanHappen(
                BeFenced: owner.AtFence is not null,
                BeStopped: _isStopped,
                BeHeldUp: !_plan.IsCalm,
                BeRefusedOnce: _plan.Troubles.Any(trouble => trouble.Kind == RowTroubles.Refusal));
            var told = await flush.Told;
            var doubt = _writer.DoubtOf(flush.Batch, told.Status);
            if (flush.Error(actual, doubt, can) is { } wrong)
            {
                return $"{flush}:\n  {wrong}\n  doubt: {doubt}, {can}\nin the round of\n{string.Join("\n", _flushes)}";
            }

            owner.End(flush, told, actual);
        }

        return null;
    }

    /// <summary>What was found right must stay as it is.</summary>
    private async Task<string?> ChangedAfterwardsAsync()
    {
        foreach (var owner in _owners.GroupBy(owner => owner.Part).Select(owners => owners.Last()))
        {
            var actual = await OwnerRows.ReadAsync(_database.DataSource, owner.Part);
            if ((owner.AtFence ?? owner.Stored).Difference(actual) is { } changed)
            {
                return $"After all flushes of owner {owner.Number}, {owner.Part.Key}:\n  {changed}";
            }
        }

        return null;
    }
}
