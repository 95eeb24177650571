using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn db roles</c> makes the roles, and says how a user gets one.</summary>
public sealed class DbRolesCommandTests : IAsyncLifetime
{
    private static readonly string[] _names = ["silo", "analyst", "sql_agent", "client"];

    private readonly string _prefix = $"ql{Guid.NewGuid().ToString("N")[..8]}_";
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync()
    {
        foreach (var role in _names)
        {
            await _database!.ExecuteInAsync($"drop owned by {_prefix}{role} cascade; drop role {_prefix}{role}");
        }

        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task The_roles_are_there_afterwards()
    {
        using var output = new CapturedOutput();
        var exit = await output.RunAsync("db", "roles", "--prefix", _prefix, "--cluster", _database!.ConnectionString);
        Assert.True(exit == 0, output.Progress);
        Assert.Contains($"{_prefix}sql_agent", output.Result, StringComparison.Ordinal);
        Assert.Equal(4, await _database.QueryAsync<long>($"select count(*) from pg_roles where starts_with(rolname, '{_prefix}')"));
    }
}
