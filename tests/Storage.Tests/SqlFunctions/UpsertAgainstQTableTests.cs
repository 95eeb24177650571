using System.Globalization;
using CsCheck;
using Npgsql;
using QLearning.Learning.QTables;

namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>Memory and SQL agree: the same updates at the same times leave the same Q-value, whichever way they went.</summary>
public sealed class UpsertAgainstQTableTests : SqlFunctionTest
{
    private const int Day = 24 * 60 * 60;
    private static readonly StateKey _state = StateKey.Parse("s");
    private static readonly ActionKey _action = ActionKey.Parse("a");

    private static readonly Gen<Known?> _known = Gen.Select(
        Gen.Int[1, 300], Gen.Int[0, 10_000].Nullable(), Gen.Int[0, 10_000].Nullable(), Gen.Int[1, 60 * Day].Nullable(),
        (visits, confidence, uncertainty, left) => new Known(visits, confidence, uncertainty, left)).Null();

    // Waits at the limits of an expiry are likelier than chance would make them.
    private static readonly Gen<Step> _step = Gen.Select(
        Gen.OneOf(Gen.Int[0, 2 * Day], Gen.Int[-1, 1].Select(seconds => Day + seconds), Gen.Int[0, 45 * Day], Gen.Const(0)),
        Gen.Int[-999_999, 999_999],
        (wait, value) => new Step(wait, value));

    [Fact]
    public Task The_same_updates_leave_the_same_Q_value() =>
        Gen.Select(Gen.Int[1, 40], _known, _step.Array[1, 25]).SampleAsync(
            async (life, known, steps) =>
            {
                var (start, stored) = await InSqlAsync(life, known, steps);
                Assert.Equal(InMemory(start, life, known, steps), stored);
            },
            iter: 200,
            threads: 1);

    private async Task<(DateTimeOffset Now, string[] Rows)> InSqlAsync(int life, Known? known, Step[] steps)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection);
        Fill(batch, life, known, steps);
        var rows = new List<string>();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
            {
                if (reader.GetName(0) == "now")
                {
                    return (reader.GetFieldValue<DateTimeOffset>(0), [.. rows]);
                }

                if (reader.GetName(0) == "line")
                {
                    rows.Add(reader.GetString(0));
                }
            }
        }
        while (await reader.NextResultAsync());
        throw new InvalidOperationException("The batch has to end with the time.");
    }

    // Time passes in SQL by moving the expiry towards now(), which stands still in the transaction.
    private static void Fill(NpgsqlBatch batch, int life, Known? known, Step[] steps)
    {
        Add(batch, "set local timezone to 'UTC'");
        Add(batch, "update agent_types set metadata = jsonb_build_object('ttlDays', $1) where agent_type = 'test-generator'", life);
        if (known is not null)
        {
            Add(batch, """
                insert into q_values (agent_type, state_hash, state_data, action_hash, action_data, visit_count, confidence_score,
                                      uncertainty, expires_at)
                values ('test-generator', 's', '1', 'a', '1', $1, $2 / 10000.0, $3 / 10000.0, now() + make_interval(secs => $4))
                """, known.Visits, known.Confidence, known.Uncertainty, known.Left);
        }

        foreach (var step in steps)
        {
            Add(batch, "update q_values set expires_at = expires_at - make_interval(secs => $1)", step.Wait);
            Add(batch, "select upsert_q_value('test-generator', 's', '1', 'a', '1', $1)", step.Value);
            Add(batch, """
                select concat_ws('|', q_value::int, visit_count, confidence_score, uncertainty,
                    coalesce(extract(epoch from expires_at - now())::bigint::text, 'never')) as line from q_values
                """);
        }

        Add(batch, "select now()");
    }

    private static string[] InMemory(DateTimeOffset start, int life, Known? known, Step[] steps)
    {
        var time = new LeapingTime(DateTimeOffset.FromUnixTimeSeconds(start.ToUnixTimeSeconds()));
        using var clock = new CoarseClock(time);
        var table = new QTable(clock, TimeSpan.FromDays(life)) { IsWhole = true };
        if (known is not null)
        {
            table.Load(new StoredQValue(
                7, _state, _action, null, 0, known.Visits, (known.Confidence ?? 5_000) / 10_000.0, (known.Uncertainty ?? 5_000) / 10_000.0,
                known.Left is { } left ? time.GetUtcNow().AddSeconds(left) : null));
        }

        DateTimeOffset? expires = known?.Left is { } seconds ? time.GetUtcNow().AddSeconds(seconds) : null;
        var rows = new List<string>();
        foreach (var step in steps)
        {
            time.Leap(step.Wait);
            table.Set(_state, null, _action, null, step.Value);
            var changes = table.TakeChanges(1);
            expires = changes[0].ExpiresAt ?? expires;
            table.Complete(changes, new Dictionary<int, long> { [0] = 7 });
            Assert.True(table.TryGet(_state, _action, out var entry));
            var rest = expires is { } at ? ((long)(at - time.GetUtcNow()).TotalSeconds).ToString(CultureInfo.InvariantCulture) : "never";
            rows.Add(FormattableString.Invariant(
                $"{entry.QValue}|{entry.VisitCount}|{entry.Confidence:0.0000}|{entry.Uncertainty:0.0000}|{rest}"));
        }

        return [.. rows];
    }

    private static void Add(NpgsqlBatch batch, string sql, params int?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(
                new NpgsqlParameter { Value = (object?)parameter ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>A row that is there before: scores in ten-thousandths, and the seconds it has left; null where the row has none.</summary>
    private sealed record Known(int Visits, int? Confidence, int? Uncertainty, int? Left);

    /// <summary>An update after a wait in seconds.</summary>
    private sealed record Step(int Wait, int Value);
}
