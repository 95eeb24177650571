using System.Text.Json;
using Npgsql;
using QLearning.Storage.QTables;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>
/// A prepared flush is planned once for any number of rows and owners: its work must grow with them, not with their square.
/// </summary>
public sealed class FlushPlanTests : QTableTest
{
    private const int Rows = 2000;
    private const int Owners = 200;
    private const int Few = 40;
    private const int Many = 5000;

    /// <summary>PostgreSQL keeps a plan from the sixth time on.</summary>
    private const int Flushes = 7;

    /// <summary>
    /// Rows that pass through all nodes of the plan for each row of the flush; a nested loop alone would make it hundreds.
    /// </summary>
    private const int WorkPerRow = 40;

    [Theory]
    [InlineData(1, false)]
    [InlineData(Owners, false)]
    [InlineData(Owners, true)]
    public async Task The_work_of_a_prepared_flush_grows_with_its_rows(int owners, bool known)
    {
        string[] types = [.. Enumerable.Range(0, owners).Select(i => $"type-{i}")];
        await Database.ExecuteInAsync(
            $"insert into agent_types (agent_type, display_name) select 'type-' || i, 't' from generate_series(0, {owners - 1}) i");
        var batches = new List<QTableBatch>();
        foreach (var type in types)
        {
            var taken = await TakeAsync(type);
            var rows = Enumerable.Range(0, Rows / owners).Select(i => Writes.Insert($"s{i}")).ToArray();
            var first = Writes.Batch(type, taken, 1, rows) with { Clients = [new ClientWindow(Guid.NewGuid(), 1, [])] };
            batches.Add(known ? first with { Watermark = 2, Writes = await UpdatesAsync(first) } : first);
        }

        await Database.ExecuteInAsync("analyze q_table_owners");
        Assert.InRange(await WorkAsync(batches), Rows, WorkPerRow * Rows);
    }

    [Fact]
    public async Task A_flush_that_was_planned_while_the_table_was_empty_finds_rows_by_their_ids()
    {
        var batch = Writes.Batch(Generator, await TakeAsync(Generator), 1, Writes.Update(7, 1, state: "s"));
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var arguments = await PrepareAsync(connection, [batch]);
        await using var explain = new NpgsqlCommand($"explain (format json) execute flush ({arguments})", connection);
        var plan = (string)(await explain.ExecuteScalarAsync())!;
        Assert.Contains("\"Alias\": \"q\"", plan, StringComparison.Ordinal);
        // An index that begins with the agent type would be read from end to end for each row.
        Assert.DoesNotContain("(agent_type)::text = (d.agent_type)::text)\"", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(500)]
    public async Task New_states_are_not_written_by_a_plan_from_when_there_were_few(int states)
    {
        await WriteByOldPlanAsync(
            "q_values",
            count => Database.ExecuteInAsync($"""
                insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, q_value)
                select '{Generator}', 's{count}-' || i, '1', 'a1', '1', 1 from generate_series(1, {count}) i
                """),
            (taken, flush, isLast) => Writes.Batch(
                Generator,
                taken,
                flush,
                [.. Enumerable.Range(0, isLast ? states : 1).Select(i => Writes.Insert($"{flush}-{i}", stateJson: null))]));
        Assert.Equal(Few + Many + Flushes + states, await CountAsync("q_values"));
    }

    [Fact]
    public async Task Late_rewards_are_not_written_by_a_plan_from_when_there_were_few_trajectories()
    {
        const int Rewards = 100;
        await WriteByOldPlanAsync(
            "trajectories",
            count => Database.ExecuteInAsync($"""
                insert into trajectories (agent_type, task_id, initial_state, final_state, actions_taken, states_visited, step_rewards,
                                          total_reward, discounted_reward, execution_time_ms, success, started_at)
                select '{Generator}', 't', '1', '1', '[]', '[]', '[]', 0, 0, 1, true, now() from generate_series(1, {count})
                """),
            (taken, flush, isLast) => Writes.Batch(Generator, taken, flush, Writes.Insert($"{flush}")) with
            {
                Rewards = [.. Enumerable.Range(0, isLast ? Rewards : 1).Select(_ => Reward($"{flush}"))],
            });
        Assert.Equal(Flushes + Rewards, await CountAsync("rewards"));

        static RewardWrite Reward(string state) => new(
            Guid.NewGuid(), null, Guid.NewGuid(), StateKey.Parse(state), ActionKey.Parse("a1"), 1, null, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Writes when a table has few rows, and once more when it has many, of which it must not read all again and again.</summary>
    private async Task WriteByOldPlanAsync(string table, Func<int, Task> fillAsync, Func<OwnershipTaken, long, bool, QTableBatch> batch)
    {
        await using var one = NpgsqlDataSource.Create(Database.ConnectionString + ";Maximum Pool Size=1;Application Name=old plan");
        await using var pump = new PumpUnderTest(one);
        var taken = await TakeAsync(Generator);
        // So that nothing but a flush itself finds out how large the table has become.
        await Database.ExecuteInAsync($"alter table {table} set (autovacuum_enabled = false)");
        await fillAsync(Few);
        await Database.ExecuteInAsync($"analyze {table}");
        for (var flush = 1; flush <= Flushes; flush++)
        {
            await pump.WriteAsync(batch(taken, flush, false));
        }

        await fillAsync(Many);
        var before = await ReadAsync();
        Assert.Equal(FlushStatus.Written, (await pump.WriteAsync(batch(taken, Flushes + 1, true))).Status);

        // A connection tells what it has read when it ends, if not before.
        await pump.StopAsync();
        await one.DisposeAsync();
        await Eventually.Holds(
            async () => await Database.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'old plan'") == 0,
            "the connection to end");
        Assert.InRange(await ReadAsync() - before, 0, 10 * Many);

        Task<long> ReadAsync() =>
            Database.QueryAsync<long>($"select seq_tup_read from pg_stat_user_tables where relname = '{table}'");
    }

    private async Task<QChange[]> UpdatesAsync(QTableBatch batch)
    {
        var ids = (await Pump.WriteAsync(batch)).RowIds;
        return [.. batch.Writes.Select((write, i) => write with { RowId = ids[i] })];
    }

    private async Task<double> WorkAsync(List<QTableBatch> batches)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var arguments = await PrepareAsync(connection, batches);
        await using var explain = new NpgsqlCommand($"explain (analyze, timing off, format json) execute flush ({arguments})", connection);
        using var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!);
        return Work(plan.RootElement[0].GetProperty("Plan"));
    }

    /// <summary>Prepares the flush for any arguments; returns those of some batches.</summary>
    private static async Task<string> PrepareAsync(NpgsqlConnection connection, List<QTableBatch> batches)
    {
        var columns = FlushColumns.Of(batches, FlushPart.Cut(batches, new WriteSize(int.MaxValue, int.MaxValue))[0]);
        await using var flush = FlushStatement.Write(connection, columns);
        await using var prepare = new NpgsqlCommand(
            $"set plan_cache_mode = force_generic_plan; prepare flush as {FlushStatement.First}", connection)
        { AllResultTypesAreUnknown = true };
        await prepare.ExecuteNonQueryAsync();
        var arguments = new List<string>();
        foreach (NpgsqlParameter parameter in flush.Parameters)
        {
            await using var literal = new NpgsqlCommand("select quote_nullable($1::text)", connection);
            literal.Parameters.Add(new NpgsqlParameter { Value = parameter.Value, NpgsqlDbType = parameter.NpgsqlDbType });
            arguments.Add((string)(await literal.ExecuteScalarAsync())!);
        }

        return string.Join(',', arguments);
    }

    private static double Work(JsonElement node)
    {
        var rows = Number(node, "Actual Rows") + Number(node, "Rows Removed by Join Filter") + Number(node, "Rows Removed by Filter");
        var own = rows * Number(node, "Actual Loops");
        return own + (node.TryGetProperty("Plans", out var inner) ? inner.EnumerateArray().Sum(Work) : 0);
    }

    private static double Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
