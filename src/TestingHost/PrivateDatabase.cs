using System.Globalization;
using Npgsql;

namespace QLearning.TestingHost;

/// <summary>A database of its own on <see cref="PrivateServer"/>, dropped at the end whoever is still connected.</summary>
internal sealed class PrivateDatabase : IAsyncDisposable
{
    private static int _count;
    private readonly string _name;

    private PrivateDatabase(string name, string connectionString)
    {
        _name = name;
        ConnectionString = connectionString;
    }

    /// <summary>Its connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>Makes an empty database, or one with the whole schema.</summary>
    /// <param name="migrated">Whether the migrations have been applied to it.</param>
    public static async Task<PrivateDatabase> CreateAsync(bool migrated)
    {
        var name = NewName();
        var template = migrated ? await MigratedTemplate.NameAsync() : "template1";
        await ExecuteAsync($"create database {name} template {template}{await PrivateServer.CopyStrategyAsync()}");
        return new PrivateDatabase(name, await PrivateServer.ConnectionStringAsync(name));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop database if exists {_name} with (force)");

    /// <summary>A name that no other process or database has.</summary>
    public static string NewName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"qltest_{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..8]}_{Interlocked.Increment(ref _count)}");

    /// <summary>Runs a statement in the server's own database, from which others are made.</summary>
    public static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await PrivateServer.ConnectionStringAsync());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
