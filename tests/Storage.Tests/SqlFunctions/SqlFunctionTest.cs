using Npgsql;

namespace QLearning.Storage.Tests.SqlFunctions;

/// <summary>A test of what programs call through SQL.</summary>
public abstract class SqlFunctionTest : DatabaseTest
{
    protected const string Upsert = "select upsert_q_value('test-generator', 's', '1', 'a', '1', 1);";

    /// <summary>
    /// Runs statements and a query of one text in one transaction, in which <c>now()</c> stands still and every day has 24 hours, and
    /// commits.
    /// </summary>
    protected async Task<string?> AtOneTimeAsync(string statements, string query)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var change = new NpgsqlCommand($"set local timezone to 'UTC'; {statements}", connection);
        await change.ExecuteNonQueryAsync();
        await using var question = new NpgsqlCommand(query, connection);
        var answer = await question.ExecuteScalarAsync();
        await transaction.CommitAsync();
        return answer as string;
    }

    protected async Task<PostgresException> RefusalAsync(string sql) =>
        await Assert.ThrowsAsync<PostgresException>(() => Database.ExecuteInAsync(sql));
}
