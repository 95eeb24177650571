using Npgsql;
using QLearning.TestingHost;

namespace QLearning.Testing;

/// <summary>A database of its own on the tests' PostgreSQL, dropped at the end whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PrivateDatabase _database;

    private TestDatabase(PrivateDatabase database)
    {
        _database = database;
        DataSource = NpgsqlDataSource.Create(database.ConnectionString);
    }

    /// <summary>Its connection string.</summary>
    public string ConnectionString => _database.ConnectionString;

    /// <summary>A pool of connections to it.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes an empty database, or one with the whole schema.</summary>
    /// <param name="migrated">Whether the migrations have been applied to it.</param>
    public static async Task<TestDatabase> CreateAsync(bool migrated = true) => new(await PrivateDatabase.CreateAsync(migrated));

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
        await _database.DisposeAsync();
    }
}
