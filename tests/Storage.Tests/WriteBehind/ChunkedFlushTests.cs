using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.Sql;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A batch that does not fit one statement is written by several in one transaction, which stores all of it or nothing.</summary>
public sealed class ChunkedFlushTests : QTableTest
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000001");

    [Theory]
    [InlineData(10, 32 << 20)]
    [InlineData(50_000, 2000)]
    public async Task A_batch_beyond_the_limits_of_a_statement_is_stored_whole_by_one_transaction(int rows, int bytes)
    {
        await using var pump = SmallPump(Database.DataSource, rows, bytes);
        var owner = await TakeAsync(Generator);
        var known = await UpsertBySqlAsync(Generator, "known", 1);
        var batch = Writes.Batch(
            Generator, owner, 1,
            [.. Enumerable.Range(0, 45).Select(i => Writes.Insert($"s{i}", value: i)), Writes.Update(known, 99, state: "known")]);
        var outcome = await pump.WriteAsync(batch with { Clients = [new ClientWindow(_client, 3, [5])] });
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal(
            [.. Enumerable.Range(0, 45).Select(i => $"{outcome.RowIds[i]}|s{i}|{i}.000000"), $"{known}|known|99.000000"],
            await RowsAsync("select q_value_id, state_hash, q_value from q_values order by q_value"));
        Assert.Equal(
            ["1|3"],
            await RowsAsync("select o.watermark, c.floor from q_table_owners o join q_table_clients c using (agent_type, partition)"));
        Assert.Equal(
            ["1"],
            await RowsAsync("select count(distinct x::text) from (select xmin x from q_values union select xmin from q_table_owners) t"));
    }

    [Theory]
    [InlineData(10, 32 << 20)]
    [InlineData(50_000, 2000)]
    public async Task Client_windows_and_late_rewards_beyond_the_limits_go_with_further_statements_of_the_transaction(int rows, int bytes)
    {
        await using var pump = SmallPump(Database.DataSource, rows, bytes);
        var owner = await TakeAsync(Generator);
        Assert.Equal(FlushStatus.Written, (await pump.WriteAsync(WithWindowsAndRewards(Generator, owner, 1))).Status);
        Assert.Equal(
            [$"{Generator}|40|40|3|7,9"],
            await RowsAsync("""
                select agent_type, count(*), count(distinct client_id), min(floor), min(array_to_string(above, ',')) from q_table_clients
                group by agent_type
                """));
        Assert.Equal([$"{Generator}|35"], await RowsAsync("select agent_type, count(*) from rewards group by agent_type"));
        Assert.Equal(1, await Database.QueryAsync<long>("""
            select count(distinct x::text) from (select xmin x from q_table_clients union select xmin from rewards union
                select xmin from q_values union select xmin from q_table_owners) t
            """));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(20, 3)]
    [InlineData(100, 1)]
    public async Task An_owner_that_lost_its_rows_writes_nothing_in_a_transaction_of_several_statements_with_others(int rows, int states)
    {
        var (stale, owner) = (await TakeAsync(Executor), await TakeAsync(Gate));
        await TakeAsync(Executor);
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var result = await FlushTransaction.CommitAsync(
            connection,
            [WithWindowsAndRewards(Executor, stale, 1, states), WithWindowsAndRewards(Gate, owner, 1, states)],
            new WriteSize(rows, 10_000),
            new StatementPreparer(),
            CancellationToken.None);
        Assert.Equal([false, true], result.Accepted);
        foreach (var table in (string[])["q_values", "q_table_clients", "rewards"])
        {
            Assert.Equal([Gate], await RowsAsync($"select distinct agent_type from {table}"));
        }
    }

    [Fact]
    public async Task Nothing_is_stored_when_a_later_statement_fails_and_the_retry_stores_all()
    {
        await using var proxy = new CuttingProxy(Database.ConnectionString, "mine as (select b.owner");
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var pump = SmallPump(source, 300, 32 << 20);
        var owner = await TakeAsync(Generator);
        proxy.CutNext(Cut.Answer);
        var outcome = await pump.WriteAsync(
            Writes.Batch(Generator, owner, 1, [.. Enumerable.Range(0, 1000).Select(i => Writes.Insert($"s{i}"))]));
        Assert.Equal((1, FlushStatus.Written, 1000), (proxy.Cuts, outcome.Status, outcome.RowIds.Count));
        Assert.Equal(1, await Database.QueryAsync<long>("select count(distinct xmin::text) from q_values"));
    }

    [Fact]
    public async Task A_fenced_owner_beside_a_large_batch_writes_none_of_its_rows()
    {
        await using var pump = SmallPump(Database.DataSource, 300, 32 << 20);
        var (stale, owner) = (await TakeAsync(Executor), await TakeAsync(Gate));
        await TakeAsync(Executor);
        var fenced = pump.WriteAsync(Writes.Batch(Executor, stale, 1, [.. Enumerable.Range(0, 1000).Select(i => Writes.Insert($"s{i}"))]));
        var written = pump.WriteAsync(Writes.Batch(Gate, owner, 1, [.. Enumerable.Range(0, 1000).Select(i => Writes.Insert($"s{i}"))]));
        Assert.Equal((FlushStatus.Fenced, FlushStatus.Written), ((await fenced).Status, (await written).Status));
        Assert.Equal([$"{Gate}|1000"], await RowsAsync("select agent_type, count(*) from q_values group by agent_type"));
    }

    [Fact]
    public async Task Deferred_refusals_in_a_large_batch_leave_out_only_their_rows()
    {
        await using var pump = SmallPump(Database.DataSource, 300, 32 << 20);
        var owner = await TakeAsync(Generator);
        await RefusedRowsTests.RefuseAtCommitAsync(Database, "s777");
        var outcome = await pump.WriteAsync(
            Writes.Batch(Generator, owner, 1, [.. Enumerable.Range(0, 1000).Select(i => Writes.Insert($"s{i}"))]));
        Assert.Equal((FlushStatus.Written, 1), (outcome.Status, outcome.LeftOut.Count));
        Assert.Equal(999, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Statements_that_run_into_their_timeout_are_made_smaller_until_they_do_not()
    {
        await SlowStatements.MakeAsync(Database, "q_values");
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString + ";Command Timeout=1");
        await using var pump = new PumpUnderTest(source);
        var owner = await TakeAsync(Generator);
        var outcome = await pump.WriteAsync(
            Writes.Batch(Generator, owner, 1, [.. Enumerable.Range(0, 1200).Select(i => Writes.Insert($"s{i}"))]))
            .WaitAsync(Eventually.DefaultDeadline);
        Assert.Equal((FlushStatus.Written, 1200), (outcome.Status, outcome.RowIds.Count));
        Assert.NotEmpty(pump.Retries.GetMeasurementSnapshot());
    }

    private static QTableBatch WithWindowsAndRewards(string agentType, OwnershipTaken owner, long watermark, int states = 1) =>
        Writes.Batch(agentType, owner, watermark, [.. Enumerable.Range(1, states).Select(i => Writes.Insert($"s{i}"))]) with
        {
            Clients = [.. Enumerable.Range(0, 40).Select(_ => new ClientWindow(Guid.NewGuid(), 3, [7, 9]))],
            Rewards =
            [
                .. Enumerable.Range(0, 35).Select(_ => new RewardWrite(
                    Guid.NewGuid(), null, null, StateKey.Parse("s1"), ActionKey.Parse("a1"), 1, null, DateTimeOffset.UnixEpoch)),
            ],
        };

    private static PumpUnderTest SmallPump(NpgsqlDataSource source, int rows, int bytes) => new(source, options: new WriteBehindOptions
    {
        Lanes = 1,
        MinRetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        MaxRowsPerTransaction = rows,
        MaxBytesPerTransaction = bytes,
    });
}
