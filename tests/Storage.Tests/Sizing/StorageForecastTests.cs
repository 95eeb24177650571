using QLearning.Storage.Sizing;

namespace QLearning.Storage.Tests.Sizing;

/// <summary>How much a fleet will store.</summary>
public sealed class StorageForecastTests
{
    [Fact]
    public void The_rows_of_the_promise_are_those_that_its_first_users_were_told()
    {
        var rows = StorageForecast.Of(18, 100, 30).Tables.ToDictionary(table => table.Table, table => table.Rows);
        Assert.Equal(
            (18_000, 5_400, 54_000, 540_000, 900, 36),
            (rows["q_values"], rows["sessions"], rows["trajectories"], rows["rewards"], rows["patterns"], rows["agent_states"]));
        Assert.Equal(StorageForecast.Promise, StorageForecast.Of(18, 100, 30).Promised);
    }

    [Fact]
    public void What_expires_grows_no_further_after_its_life_and_sessions_do()
    {
        var (month, year) = (StorageForecast.Of(5, 10, 30), StorageForecast.Of(5, 10, 300));
        Assert.Equal(Rows(month, "rewards"), Rows(year, "rewards"));
        Assert.Equal(10 * Rows(month, "sessions"), Rows(year, "sessions"));
        Assert.Equal(month.Promised, year.Promised);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 100_001)]
    public void A_number_out_of_range_is_refused(int types, int tasks, int days) =>
        Assert.Contains(
            "Allowed: 1 to 100,000", Assert.Throws<InvalidInputException>(() => StorageForecast.Of(types, tasks, days)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_largest_fleet_does_not_overflow() =>
        Assert.True(StorageForecast.Of(StorageForecast.Largest, StorageForecast.Largest, StorageForecast.Largest).Bytes > 0);

    private static long Rows(StorageForecast forecast, string table) => forecast.Tables.Single(row => row.Table == table).Rows;
}
