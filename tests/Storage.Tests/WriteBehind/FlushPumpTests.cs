using CsCheck;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>What a flush stores: new rows with their ids, known rows by their ids, all with absolute values.</summary>
public sealed class FlushPumpTests : QTableTest
{
    [Fact]
    public async Task Inserted_rows_are_told_by_their_index_in_the_batch()
    {
        var epoch = await TakeAsync(Generator);
        var known = await UpsertBySqlAsync(Generator, "s0", 0);
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1,
            Writes.Insert("z"), Writes.Update(known, 7, state: "s0"), Writes.Insert("b"), Writes.Insert("m")));
        Assert.Equal(FlushStatus.Written, outcome.Status);
        Assert.Equal([0, 2, 3], outcome.RowIds.Keys.Order());
        Assert.Equal(
            [$"{outcome.RowIds[2]}|b", $"{outcome.RowIds[3]}|m", $"{known}|s0", $"{outcome.RowIds[0]}|z"],
            await RowsAsync("select q_value_id, state_hash from q_values order by state_hash"));
    }

    [Fact]
    public async Task An_inserted_row_has_every_value_of_its_write()
    {
        var epoch = await TakeAsync(Generator);
        var expires = new DateTimeOffset(2091, 2, 3, 4, 5, 6, TimeSpan.FromHours(2));
        var write = new QChange(
            0, StateKey.Parse("s1"), """{"b":[2]}""", ActionKey.Parse("a9"), "\"run\"", -1.25, 17, 0.1234, 0.9876, expires);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, write));
        Assert.Equal(
            ["test-generator|null|s1|{\"b\": [2]}|a9|run|-1.250000|17|0.1234|0.9876|2091-02-03 02:05:06"],
            await RowsAsync("""
                select agent_type, session_id, state_hash, state_data, action_hash, action_data, q_value, visit_count, confidence_score,
                       uncertainty, (expires_at at time zone 'UTC')::text from q_values
                """));
    }

    [Fact]
    public async Task An_update_sets_absolute_values_and_touches_no_other_row()
    {
        var epoch = await TakeAsync(Generator);
        var first = await UpsertBySqlAsync(Generator, "s1", 1);
        await UpsertBySqlAsync(Generator, "s2", 2);
        await UpsertBySqlAsync(Executor, "s1", 3);
        var write = Writes.Update(first, -4.5, visits: 9);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, write));
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2, write));
        Assert.Equal(
            ["s1|-4.500000|9|0.5200|0.4800", "s2|2.000000|1|0.5000|0.5000", "s1|3.000000|1|0.5000|0.5000"],
            await RowsAsync("""
                select state_hash, q_value, visit_count, confidence_score, uncertainty from q_values order by agent_type desc, state_hash
                """));
    }

    [Fact]
    public async Task An_update_without_an_expiry_keeps_the_stored_one()
    {
        var epoch = await TakeAsync(Generator);
        var expires = new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var first = Writes.Batch(Generator, epoch, 1, Writes.Insert("s1", expires: expires), Writes.Insert("s2"));
        var ids = (await Pump.WriteAsync(first)).RowIds;
        await Pump.WriteAsync(
            Writes.Batch(
                Generator, epoch, 2, Writes.Update(ids[0], 2), Writes.Update(ids[1], 2, state: "s2", expires: expires.AddDays(3))));
        Assert.Equal(
            ["s1|2.000000|2090-01-01", "s2|2.000000|2090-01-04"],
            await RowsAsync("select state_hash, q_value, (expires_at at time zone 'UTC')::date from q_values order by state_hash"));
    }

    [Fact]
    public async Task A_state_without_json_takes_that_of_another_row_of_the_state_or_its_key()
    {
        var epoch = await TakeAsync(Generator);
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1, Writes.Insert("known", stateJson: """{"k": 1}""")));
        await Pump.WriteAsync(Writes.Batch(Generator, epoch, 2,
            Writes.Insert("known", "a2", stateJson: null), Writes.Insert("unknown", stateJson: null)));
        Assert.Equal(
            ["a1|{\"k\": 1}", "a2|{\"k\": 1}", "a1|\"unknown\""],
            await RowsAsync("select action_hash, state_data::text from q_values order by state_hash, action_hash"));
    }

    [Fact]
    public async Task A_row_that_another_program_inserted_meanwhile_is_taken_over()
    {
        var epoch = await TakeAsync(Generator);
        var id = await UpsertBySqlAsync(Generator, "s1", 5);
        var outcome = await Pump.WriteAsync(
            Writes.Batch(Generator, epoch, 1, Writes.Insert("s0"), Writes.Insert("s1", value: 0.25, visits: 4)));
        Assert.Equal(id, outcome.RowIds[1]);
        Assert.Equal(
            ["0.250000|4|0.5100|0.4900|null"],
            await RowsAsync(
                "select q_value, visit_count, confidence_score, uncertainty, expires_at from q_values where state_hash = 's1'"));
    }

    [Fact]
    public async Task Rows_that_vanished_are_reported_and_the_others_written()
    {
        var epoch = await TakeAsync(Generator);
        var gone = await UpsertBySqlAsync(Generator, "gone", 1);
        var kept = await UpsertBySqlAsync(Generator, "kept", 1);
        await Database.ExecuteInAsync("delete from q_values where state_hash = 'gone'");
        var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, 1,
            Writes.Update(gone, 3, state: "gone"), Writes.Update(kept, 3, state: "kept"), Writes.Insert("new")));
        Assert.Equal(FlushStatus.Written, outcome.Status);
        // One transaction: the row that was gone has a new id.
        Assert.Equal([0, 2], outcome.RowIds.Keys.Order());
        Assert.NotEqual(gone, outcome.RowIds[0]);
        Assert.Equal(
            ["gone|3.000000", "kept|3.000000", "new|0.500000"],
            await RowsAsync("select state_hash, q_value from q_values order by state_hash"));
    }

    [Fact]
    public async Task Any_batch_is_read_back_as_it_was_written()
    {
        var writes = Gen.Select(
            Gen.Decimal[-999_999, 999_999].Select(q => (double)decimal.Round(q, 6)), Gen.Int[1, int.MaxValue], Gen.Int[0, 10_000],
            Gen.Int[0, 10_000],
            (q, visits, confidence, uncertainty) => (q, visits, confidence / 10_000.0, uncertainty / 10_000.0)).Array[1, 40];
        var epoch = await TakeAsync(Generator);
        var watermark = 0;
        await writes.SampleAsync(async numbers =>
        {
            watermark++;
            QChange[] batch = [.. numbers.Select((n, i) => new QChange(
                0, StateKey.FromJson($"{i}"), $"{i}", ActionKey.Parse("a"), "1", n.q, n.visits, n.Item3, n.Item4, null))];
            var outcome = await Pump.WriteAsync(Writes.Batch(Generator, epoch, watermark, batch));
            var read = new Dictionary<long, StoredQValue>();
            await new QTableReader(Database.DataSource)
                .LoadAllAsync(TablePartition.Whole(Generator), row => read.Add(row.RowId, row), CancellationToken.None);
            Assert.All(batch, (write, i) =>
            {
                var row = read[outcome.RowIds[i]];
                Assert.Equal(
                    (write.State, write.Action, write.Value, write.VisitCount, write.Confidence, write.Uncertainty, write.ExpiresAt),
                    (row.State, row.Action, row.Value, row.VisitCount, row.Confidence, row.Uncertainty, row.ExpiresAt));
            });
        }, iter: 25, threads: 1);
    }
}
