using Npgsql;
using QLearning.Storage.Roles;

namespace QLearning.Storage.Tests.Roles;

/// <summary>A database with its roles, and a user of each.</summary>
public sealed class RolesFixture : IAsyncLifetime
{
    private readonly string _password = Guid.NewGuid().ToString("N");
    private TestDatabase? _database;

    public TestDatabase Database => _database!;

    public string Prefix { get; } = $"ql{Guid.NewGuid().ToString("N")[..8]}_";

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await DatabaseRoles.GrantAsync(Database.ConnectionString, Prefix, CancellationToken.None);
        // Twice does no harm.
        await DatabaseRoles.GrantAsync(Database.ConnectionString, Prefix, CancellationToken.None);
        foreach (var role in DatabaseRoles.Names)
        {
            await Database.ExecuteInAsync($"create role {Prefix}{role}_user login password '{_password}' in role {Prefix}{role}");
        }
    }

    /// <summary>The database, for the user of a role.</summary>
    public string ConnectionStringOf(string role) => new NpgsqlConnectionStringBuilder(Database.ConnectionString)
    {
        Username = $"{Prefix}{role}_user",
        Password = _password,
        Pooling = false,
    }.ConnectionString;

    public async Task DisposeAsync()
    {
        foreach (var role in DatabaseRoles.Names)
        {
            await Database.ExecuteInAsync(
                $"drop owned by {Prefix}{role}_user, {Prefix}{role} cascade; drop role {Prefix}{role}_user, {Prefix}{role}");
        }

        await Database.DisposeAsync();
    }
}
