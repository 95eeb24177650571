namespace QLearning.Testing;

/// <summary>The database with the whole schema that migrated test databases are copied from; made once per process.</summary>
public static class MigratedTemplate
{
    private static readonly Lazy<Task<string>> _name = new(MakeAsync);

    /// <summary>Applies the schema to the database of a connection string.</summary>
    public static Func<string, CancellationToken, Task>? Migrate { get; set; }

    internal static Task<string> NameAsync() => _name.Value;

    private static async Task<string> MakeAsync()
    {
        var migrate = Migrate ?? throw new InvalidOperationException("MigratedTemplate.Migrate is not set, so no migrated database can be made.");
        var name = TestDatabase.NewName() + "_template";
        await TestDatabase.ExecuteAsync($"create database {name} template template1");

        // A template must have no connections while it is copied.
        await migrate(await TestPostgres.ConnectionStringAsync(name) + ";Pooling=false", CancellationToken.None);
        return name;
    }
}
