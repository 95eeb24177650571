using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>PostgreSQL ends the pump's backends in the middle of flushes: each flush is tried again until it is written, once.</summary>
public sealed class TerminatedBackendsTests : QTableTest
{
    private const int Flushes = 40;
    private const int FlushesPerKill = 5;

    [Fact]
    public async Task A_flush_whose_backend_is_terminated_in_its_transaction_is_written_by_the_retry()
    {
        var epoch = await TakeAsync(Generator);
        await using var lane = await BlockedLane.BlockAsync(Database, Pump, Writes.Batch(Generator, epoch, 1, Writes.Insert("s1")));
        await Database.ExecuteInAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        await Eventually.Holds(() => Pump.Retries.GetMeasurementSnapshot().Count > 0, "the flush failed");
        await lane.ReleaseAsync();
        var outcome = await lane.First;
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal([$"{outcome.RowIds[0]}|s1|1"], await RowsAsync("select q_value_id, state_hash, visit_count from q_values"));
    }

    [Fact]
    public async Task Flushes_of_several_owners_go_on_while_backends_are_terminated_again_and_again()
    {
        string[] types = [Generator, Executor, Gate];
        var owners = await Task.WhenAll(types.Select(TakeAsync));
        await using var outside = NpgsqlDataSource.Create(await TestPostgres.ConnectionStringAsync());
        await Task.WhenAll(types.Zip(owners, (type, owner) => LearnAsync(type, owner, outside)));
        Assert.NotEmpty(Pump.Retries.GetMeasurementSnapshot());
        await using var fresh = NpgsqlDataSource.Create(Database.ConnectionString);
        foreach (var type in types)
        {
            // Each flush inserted one row and visited all earlier ones once more.
            Assert.Equal(
                Enumerable.Range(0, Flushes).Select(i => $"s{i}|{Flushes - i}"),
                await RowsAsync(
                    fresh, $"select state_hash, visit_count from q_values where agent_type = '{type}' order by visit_count desc"));
        }
    }

    private async Task LearnAsync(string type, OwnershipTaken owner, NpgsqlDataSource outside)
    {
        var ids = new List<long>();
        for (var flush = 0; flush < Flushes; flush++)
        {
            var updates = ids.Select((id, i) => Writes.Update(id, flush, visits: flush - i + 1, state: $"s{i}"));
            var writing = Pump.WriteAsync(Writes.Batch(type, owner, flush + 1, [.. updates, Writes.Insert($"s{flush}")]));
            if (flush % FlushesPerKill == 0)
            {
                await KillBackendsAsync(outside);
            }

            var outcome = await writing;
            Assert.Equal(FlushStatus.Written, outcome.Status);
            ids.Add(outcome.RowIds[flush]);
        }
    }

    private async Task KillBackendsAsync(NpgsqlDataSource outside)
    {
        var name = new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database!;
        await using var kill = outside.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1");
        kill.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await kill.ExecuteNonQueryAsync();
    }
}
