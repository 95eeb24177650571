using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using QLearning.Storage.QTables;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>What happens before and during the attempts of a case's lane.</summary>
internal sealed class CaseEvents(ToldCase running, ToldPlan plan, TestDatabase database, CuttingProxy? proxy) : IDisposable
{
    private readonly ConcurrentQueue<Task> _meanwhile = [];
    private readonly SemaphoreSlim _fencing = new(1, 1);
    private readonly QTableOwnership _ownership = new(database.DataSource);
    private bool _hasHeld;
    private int _locks;

    /// <summary>Lets happen what comes before an attempt.</summary>
    public async Task BeforeAsync(int attempt)
    {
        // Locks last: an attempt must begin before they are released.
        foreach (var happens in plan.Events.Where(happens => happens.Attempt == attempt).OrderBy(happens => happens.Kind))
        {
            var owners = running.Owners;
            if (owners.Length == 0)
            {
                return;
            }

            var task = HappenAsync(happens, owners[happens.Target % owners.Length]);
            _meanwhile.Enqueue(task);
            if (happens.Kind is not (CaseEvent.FenceMeanwhile or CaseEvent.KillMeanwhile or CaseEvent.Stop))
            {
                await task;
            }
        }
    }

    /// <summary>Ends when all that happens is over, and fails if any of it did.</summary>
    public async Task EndAsync()
    {
        while (_meanwhile.TryDequeue(out var task))
        {
            await task;
        }
    }

    /// <summary>Lets a request reach the server that was kept back.</summary>
    public async Task ForwardHeldAsync()
    {
        if (!_hasHeld || !proxy!.IsHeld)
        {
            return;
        }

        try
        {
            await proxy.ForwardHeldAsync();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Its backend was terminated meanwhile.
        }
    }

    /// <summary>Takes the rows of an owner, notes what they were, and maybe has another owner go on.</summary>
    public Task FenceAsync(ToldOwner owner, bool hasSuccessor) => LoseAsync(owner, async () =>
    {
        var taken = await _ownership.TakeAsync(owner.Part.Partition, repartition: false, CancellationToken.None);
        await NoteAsync(owner);
        if (hasSuccessor)
        {
            running.Succeed(owner, taken);
        }
    });

    public void Dispose() => _fencing.Dispose();

    private Task HappenAsync(PlannedEvent happens, ToldOwner owner) => happens.Kind switch
    {
        CaseEvent.Fence or CaseEvent.FenceMeanwhile => FenceAsync(owner, happens.Target % 3 > 0),
        CaseEvent.ChangeOwner => LoseAsync(owner, () => ChangeAsync(owner)),
        CaseEvent.Repartition => LoseAsync(owner, () => RepartitionAsync(owner.Part.Partition)),
        CaseEvent.CutRequest => CutNext(Cut.Request),
        CaseEvent.CutAnswer => CutNext(Cut.Answer),
        CaseEvent.HoldRequest => CutNext(Cut.Hold),
        CaseEvent.Lock or CaseEvent.LongLock => LockAsync(owner, happens),
        CaseEvent.KillMeanwhile => database.ExecuteInAsync($"""
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = '{RowTroubles.Application}'
            """),
        _ => running.StopAsync(),
    };

    private async Task LoseAsync(ToldOwner owner, Func<Task> lose)
    {
        await _fencing.WaitAsync();
        try
        {
            if (owner.AtFence is null)
            {
                await lose();
            }
        }
        finally
        {
            _fencing.Release();
        }
    }

    private async Task NoteAsync(ToldOwner owner) => owner.AtFence = await OwnerRows.ReadAsync(database.DataSource, owner.Part);

    private async Task ChangeAsync(ToldOwner owner)
    {
        await database.ExecuteInAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
             update q_table_owners set {(owner.Committed > 0 ? "watermark = 0" : "owner_id = gen_random_uuid()")}
             where agent_type = '{owner.Part.Key.AgentType}' and partition = {owner.Part.Key.Partition}
             """));
        await NoteAsync(owner);
    }

    private async Task RepartitionAsync(TablePartition partition)
    {
        var more = partition with { Index = 0, Count = partition.Count + 1 };
        await database.ExecuteInAsync(string.Create(
            CultureInfo.InvariantCulture,
            $$"""update agent_types set metadata = '{"partitions": {{more.Count}}}' where agent_type = '{{more.AgentType}}'"""));
        await _ownership.TakeAsync(more, repartition: true, CancellationToken.None);
        foreach (var owner in running.Owners.Where(owner => owner.Part.Key.AgentType == more.AgentType))
        {
            await NoteAsync(owner);
        }
    }

    private Task CutNext(Cut cut)
    {
        // A proxy keeps one request.
        proxy!.CutNext(cut == Cut.Hold && _hasHeld ? Cut.Request : cut);
        _hasHeld |= cut == Cut.Hold;
        return Task.CompletedTask;
    }

    private async Task LockAsync(ToldOwner owner, PlannedEvent happens)
    {
        if (Interlocked.Exchange(ref _locks, 1) == 1)
        {
            return;
        }

        var sql = happens.Target % 2 == 0 && owner.Stored.Values.Count > 0
            ? $"select 1 from q_values where q_value_id = {owner.Stored.Values.Values.First().RowId} for update"
            : $"""
               select 1 from q_table_owners
               where agent_type = '{owner.Part.Key.AgentType}' and partition = {owner.Part.Key.Partition} for update
               """;
        _meanwhile.Enqueue(ReleaseAsync(await HeldLock.TakeAsync(database, sql), happens));
    }

    private async Task ReleaseAsync(HeldLock held, PlannedEvent happens)
    {
        await using (held)
        {
            await Eventually.Holds(
                async () => running.Attempts > happens.Attempt || running.IsAllTold
                    || (happens.Kind == CaseEvent.Lock && await database.QueryAsync<long>("""
                        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                        """) > 0),
                "somebody waits for the lock");
        }

        Volatile.Write(ref _locks, 0);
    }
}
