using System.Globalization;
using Npgsql;

namespace QLearning.Testing;

/// <summary>A database of its own on the tests' PostgreSQL, dropped at the end whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static int _count;
    private readonly string _name;

    private TestDatabase(string name, string connectionString)
    {
        _name = name;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>Its connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>A pool of connections to it.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes an empty database, or one with the whole schema.</summary>
    /// <param name="migrated">Whether the migrations have been applied to it.</param>
    public static async Task<TestDatabase> CreateAsync(bool migrated = true)
    {
        var name = NewName();
        var template = migrated ? await MigratedTemplate.NameAsync() : "template1";
        await ExecuteAsync($"create database {name} template {template}");
        return new TestDatabase(name, await TestPostgres.ConnectionStringAsync(name));
    }

    /// <summary>Runs one statement in it.</summary>
    /// <param name="sql">The statement.</param>
    public async Task<int> ExecuteInAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The single value that a query in it answers.</summary>
    /// <param name="sql">The query.</param>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync($"drop database if exists {_name} with (force)");
    }

    internal static string NewName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"qltest_{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..8]}_{Interlocked.Increment(ref _count)}");

    internal static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await TestPostgres.ConnectionStringAsync());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
