using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>A row that another transaction holds for long keeps its owner waiting, and not the others of the lane.</summary>
public sealed class LockedRowTests : QTableTest
{
    [Fact]
    public async Task Other_agent_types_of_the_lane_become_durable_while_one_waits_for_a_lock()
    {
        var (locked, free) = (await TakeAsync(Generator), await TakeAsync("coverage-analyzer"));
        var row = await UpsertBySqlAsync(Generator, "s1", 1);
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"update q_values set q_value = 5 where q_value_id = {row}", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var waiting = Pump.WriteAsync(Writes.Batch(Generator, locked, 1, Writes.Update(row, 2)));
        for (var flush = 1; flush <= 2; flush++)
        {
            var other = await Pump.WriteAsync(Writes.Batch("coverage-analyzer", free, flush, Writes.Insert($"s{flush}")))
                .WaitAsync(Eventually.DefaultDeadline);
            Assert.Equal(FlushStatus.Written, other.Status);
        }

        Assert.False(waiting.IsCompleted);
        await transaction.CommitAsync();
        Assert.Equal(FlushStatus.Written, (await waiting.WaitAsync(Eventually.DefaultDeadline)).Status);
        Assert.Equal(["s1|2.000000"], await RowsAsync($"select state_hash, q_value from q_values where agent_type = '{Generator}'"));
    }

    /// <summary>Whoever deletes a large agent type holds that row for as long as it takes.</summary>
    [Fact]
    public async Task Other_agent_types_of_the_lane_become_durable_while_one_waits_for_its_owner_row()
    {
        var (locked, free) = (await TakeAsync(Generator), await TakeAsync("coverage-analyzer"));
        Task<FlushOutcome> waiting;
        await using (await HeldLock.OfFlushesAsync(Database, Generator))
        {
            waiting = Pump.WriteAsync(Writes.Batch(Generator, locked, 1, Writes.Insert("s1")));
            for (var flush = 1; flush <= 2; flush++)
            {
                var other = await Pump.WriteAsync(Writes.Batch("coverage-analyzer", free, flush, Writes.Insert($"s{flush}")))
                    .WaitAsync(Eventually.DefaultDeadline);
                Assert.Equal(FlushStatus.Written, other.Status);
            }

            Assert.False(waiting.IsCompleted);
        }

        Assert.Equal(FlushStatus.Written, (await waiting.WaitAsync(Eventually.DefaultDeadline)).Status);
    }

    [Fact]
    public async Task Forgetting_a_state_gives_up_when_another_transaction_holds_the_owner_row()
    {
        var owner = await TakeAsync(Generator);
        await using (await HeldLock.OfFlushesAsync(Database, Generator))
        {
            var rows = new QTableOwner(TablePartition.Whole(Generator), owner.Epoch!.Value, owner.OwnerId);
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => new QTableEraser(Database.DataSource)
                .EraseStateAsync(rows, new ForgetRequest { State = StateKey.Parse("s1") }, CancellationToken.None)
                .WaitAsync(Eventually.DefaultDeadline));
            Assert.Contains(PostgresErrorCodes.LockNotAvailable, error.Message, StringComparison.Ordinal);
        }
    }
}
