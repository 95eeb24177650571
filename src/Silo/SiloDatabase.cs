using Microsoft.Extensions.Logging;
using QLearning.Postgres;
using QLearning.Storage.Migrations;
using QLearning.Storage.Roles;

namespace QLearning.Silo;

/// <summary>
/// The database of a silo: a given one, whose schema must be up to date, or the embedded one, which is started, migrated and stopped with
/// the silo. The silo is put together and its settings are checked before it is opened.
/// </summary>
internal sealed class SiloDatabase(SiloSettings settings) : IAsyncDisposable
{
    private string? _connectionString;

    /// <summary>The embedded server, once it is open; null for a given database.</summary>
    public EmbeddedPostgres? Embedded { get; private set; }

    /// <exception cref="InvalidOperationException">It is not open yet.</exception>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The database is not open yet.");

    public async Task OpenAsync(ILogger logger, CancellationToken cancellationToken)
    {
        if (settings.ConnectionString is { } given)
        {
            await SchemaCheck.RequireCurrentAsync(given, cancellationToken);
            _connectionString = given;
            return;
        }

        var options = new EmbeddedPostgresOptions { Folder = settings.DataFolder, Fsync = settings.Fsync };
        Embedded = await EmbeddedPostgres.StartAsync(options, logger, TimeProvider.System, cancellationToken);
        await SchemaMigrator.MigrateAsync(Embedded.ConnectionString, logger, cancellationToken);
        await DatabaseRoles.GrantAgainAsync(Embedded.ConnectionString, cancellationToken);
        _connectionString = Embedded.ConnectionString;
    }

    public ValueTask DisposeAsync() => Embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
}
