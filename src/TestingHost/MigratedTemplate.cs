using Microsoft.Extensions.Logging.Abstractions;
using QLearning.Storage.Migrations;

namespace QLearning.TestingHost;

/// <summary>The database with the whole schema that migrated databases are copied from; made once per process.</summary>
internal static class MigratedTemplate
{
    private static readonly Lazy<Task<string>> _name = new(MakeAsync);

    public static Task<string> NameAsync() => _name.Value;

    private static async Task<string> MakeAsync()
    {
        var name = PrivateDatabase.NewName() + "_template";
        await PrivateDatabase.ExecuteAsync($"create database {name} template template1");

        // A template must have no connections while it is copied; the migrator closes its own.
        await SchemaMigrator.MigrateAsync(await PrivateServer.ConnectionStringAsync(name), NullLogger.Instance, CancellationToken.None);
        return name;
    }
}
