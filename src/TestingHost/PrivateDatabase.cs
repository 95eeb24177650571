using System.Globalization;
using Npgsql;

namespace QLearning.TestingHost;

/// <summary>A database of its own on <see cref="PrivateServer"/>, dropped at the end whoever is still connected.</summary>
internal sealed class PrivateDatabase : IAsyncDisposable
{
    // DROP DATABASE waits until each process of the server has confirmed it. PostgreSQL 15 to 18 may leave out one that starts at that
    // moment and wait for it without end; the next drop asks it again. What a drop that was cut off leaves can be dropped.
    private static readonly TimeSpan _firstDrop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _lastDrop = TimeSpan.FromSeconds(80);

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
    public async ValueTask DisposeAsync()
    {
        for (var patience = _firstDrop; ; patience *= 2)
        {
            try
            {
                await ExecuteAsync($"drop database if exists {_name} with (force)", patience);
                return;
            }
            catch (NpgsqlException error) when (error.InnerException is TimeoutException && patience < _lastDrop)
            {
                // Asked again, with twice the time: it may be that the disk is slow.
            }
        }
    }

    /// <summary>A name that no other process or database has.</summary>
    public static string NewName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"qltest_{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..8]}_{Interlocked.Increment(ref _count)}");

    /// <summary>Runs a statement in the server's own database, from which others are made.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="timeout">How long it may take, in whole seconds; null: as the connection string says.</param>
    public static async Task ExecuteAsync(string sql, TimeSpan? timeout = null)
    {
        await using var connection = new NpgsqlConnection(await PrivateServer.ConnectionStringAsync());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = (int?)timeout?.TotalSeconds ?? command.CommandTimeout;
        await command.ExecuteNonQueryAsync();
    }
}
