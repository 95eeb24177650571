using System.Globalization;
using Npgsql;

namespace QLearning.Storage.Tests;

/// <summary>A test with a migrated database of its own.</summary>
public abstract class DatabaseTest : IAsyncLifetime
{
    protected const string Generator = "test-generator";
    protected const string Executor = "test-executor";
    protected const string Gate = "quality-gate";

    protected TestDatabase Database { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Database = await TestDatabase.CreateAsync();

    protected void UseDatabase(TestDatabase database) => Database = database;

    public virtual async Task DisposeAsync() => await Database.DisposeAsync();

    /// <summary>All rows of a query, each as its columns joined by <c>|</c>, as PostgreSQL prints them.</summary>
    protected Task<List<string>> RowsAsync(string sql) => RowsAsync(Database.DataSource, sql);

    protected static async Task<List<string>> RowsAsync(NpgsqlDataSource dataSource, string sql)
    {
        await using var command = dataSource.CreateCommand(
            $"select concat_ws('|', variadic array(select coalesce(value, 'null') from json_each_text(row_to_json(r)))) from ({sql}) r");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    protected async Task<long> CountAsync(string from) => await Database.QueryAsync<long>($"select count(*) from {from}");

    /// <summary>A server that is not there: nothing listens on the port.</summary>
    protected static NpgsqlDataSource Nowhere() =>
        NpgsqlDataSource.Create(
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port=1;Username=qlearning;Database=qlearning;Timeout=2"));
}
