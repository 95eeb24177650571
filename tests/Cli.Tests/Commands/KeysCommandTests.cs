using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Commands;

/// <summary><c>qlearn keys</c> shows a key once, and what became of it always.</summary>
public sealed class KeysCommandTests : IAsyncLifetime
{
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_replaced_listed_and_revoked()
    {
        var first = (await RunAsync("add", "ci", "--scope", "read", "--agent-type", "test-generator", "--days", "30")).Trim();
        Assert.True(ApiKey.IsOne(first), first);
        var second = (await RunAsync("rotate", "ci", "--overlap-days", "2")).Trim();
        var keys = JsonDocument.Parse(await RunAsync("list", "--json")).RootElement.EnumerateArray().ToArray();
        Assert.Equal([second[..12], first[..12]], keys.Select(key => key.GetProperty("prefix").GetString()));
        Assert.All(keys, key => Assert.True(key.GetProperty("isValid").GetBoolean()));
        Assert.Equal("1 key revoked.", (await RunAsync("revoke", first[..12])).Trim());
        var table = await RunAsync("list");
        Assert.Contains("test-generator", table, StringComparison.Ordinal);
        Assert.DoesNotContain(first, table, StringComparison.Ordinal);
        Assert.DoesNotContain(second, table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_SQL_made_endless_is_replaced_by_an_endless_one()
    {
        var first = (await RunAsync("add", "ci", "--days", "30")).Trim();
        await _database!.ExecuteInAsync("update api_keys set expires_at = 'infinity'");

        var second = (await RunAsync("rotate", "ci")).Trim();

        Assert.NotEqual(first, second);
        Assert.Equal(1, await _database.QueryAsync<long>("select count(*) from api_keys where expires_at is null"));
    }

    [Theory]
    [InlineData("no such key is valid", "rotate", "nobody")]
    [InlineData("no such key is valid", "revoke", "nobody")]
    [InlineData("The number of days '0' is not allowed. Allowed: above 0 up to", "add", "ci", "--days", "0")]
    [InlineData("The agent type 'a b' is not allowed", "add", "ci", "--agent-type", "a b")]
    public async Task What_is_not_allowed_is_told(string words, params string[] typed)
    {
        using var output = new CapturedOutput();
        Assert.NotEqual(0, await output.RunAsync(["keys", .. typed, "--cluster", _database!.ConnectionString]));
        Assert.Contains(words, output.Progress, StringComparison.Ordinal);
        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from api_keys"));
    }

    private async Task<string> RunAsync(params string[] typed)
    {
        using var output = new CapturedOutput();
        var exit = await output.RunAsync(["keys", .. typed, "--cluster", _database!.ConnectionString]);
        Assert.True(exit == 0, output.Progress);
        return output.Result;
    }
}
