using Microsoft.Extensions.Logging.Testing;
using QLearning.Storage.Migrations;

namespace QLearning.Storage.Tests.Migrations;

/// <summary>A test on an empty database that it migrates itself.</summary>
public abstract class MigrationTest : DatabaseTest
{
    protected FakeLogger Log { get; } = new();

    public override async Task InitializeAsync() => UseDatabase(await TestDatabase.CreateAsync(migrated: false));

    protected Task<MigrationReport> MigrateAsync() => SchemaMigrator.MigrateAsync(Database.ConnectionString, Log, CancellationToken.None);

    protected Task<SchemaStatus> StatusAsync() => SchemaMigrator.GetStatusAsync(Database.ConnectionString, CancellationToken.None);

    /// <summary>Everything in the schema, to see that nothing changed.</summary>
    protected async Task<List<string>> RelationsAsync() => await RowsAsync(
        "select relname, relfilenode from pg_class where relnamespace = 'public'::regnamespace order by relname");
}
