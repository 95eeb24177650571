using Npgsql;

namespace QLearning.Storage.Tests.Views;

/// <summary>Refreshing the two materialized views.</summary>
public sealed class RefreshTests : DatabaseTest
{
    private const string Refresh = "select refresh_materialized_views()";

    [Theory]
    [InlineData("agent_performance_summary")]
    [InlineData("pattern_effectiveness")]
    public async Task A_view_can_be_refreshed_concurrently(string view) =>
        await Database.ExecuteInAsync($"refresh materialized view concurrently {view}");

    [Fact]
    public async Task A_refresh_shows_what_was_stored_since_in_both_views()
    {
        await AddPatternAsync();
        Assert.Equal((0, 0), await SeenAsync());
        await Database.ExecuteInAsync(Refresh);
        Assert.Equal((1, 1), await SeenAsync());
    }

    [Fact]
    public async Task Views_restored_without_their_data_are_filled()
    {
        await AddPatternAsync();
        await Database.ExecuteInAsync("""
            refresh materialized view agent_performance_summary with no data;
            refresh materialized view pattern_effectiveness with no data
            """);
        await Database.ExecuteInAsync(Refresh);
        Assert.Equal((1, 1), await SeenAsync());
    }

    [Fact]
    public async Task A_refresh_does_not_wait_for_readers()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var reading = await connection.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("select count(*) from agent_performance_summary, pattern_effectiveness", connection);
        await read.ExecuteNonQueryAsync();
        await Database.ExecuteInAsync($"set lock_timeout = '5s'; {Refresh}");
    }

    private async Task AddPatternAsync() => await Database.ExecuteInAsync(
        "insert into patterns (agent_type, pattern_name, pattern_type, pattern_data) values ('test-generator', 'p', 't', '1')");

    private async Task<(long Types, long Patterns)> SeenAsync() => (
        await CountAsync("agent_performance_summary where unique_patterns = 1"),
        await CountAsync("pattern_effectiveness"));
}
