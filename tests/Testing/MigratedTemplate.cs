using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Storage.Migrations;

namespace QLearning.Testing;

/// <summary>The database with the whole schema that migrated test databases are copied from; made once per process.</summary>
public static class MigratedTemplate
{
    private static readonly Lazy<Task<string>> _name = new(MakeAsync);

    internal static Task<string> NameAsync() => _name.Value;

    private static async Task<string> MakeAsync()
    {
        var name = TestDatabase.NewName() + "_template";
        await TestDatabase.ExecuteAsync($"create database {name} template template1");

        // A template must have no connections while it is copied; the migrator closes its own.
        await SchemaMigrator.MigrateAsync(await TestPostgres.ConnectionStringAsync(name), NullLogger.Instance, CancellationToken.None);
        return name;
    }
}
