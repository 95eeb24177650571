namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>Reminders are found by the range of the ring that a silo serves, and deleted by the version that was read.</summary>
public sealed class ReminderTests : OrleansQueryTest
{
    private const int Writers = 8;
    private const string Service = "service";
    private static readonly string[] _columns = ["GrainId", "ReminderName", "StartTime", "Period", "Version"];

    [Fact]
    public async Task A_new_reminder_has_version_0_and_each_change_one_more()
    {
        Assert.Equal(0, await UpsertAsync("g/1", "daily", 5, BigNumber("Period", 60_000)));
        Assert.Equal(1, await UpsertAsync("g/1", "daily", 6, Number("Period", 70_000), Start.AddDays(1)));
        Assert.Equal(0, await UpsertAsync("g/1", "hourly", 5, BigNumber("Period", 60_000)));
        var row = Assert.Single(await RunAsync("ReadReminderRowKey", Reminder("g/1", "daily")));
        Assert.Equal(_columns, row.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(new object?[] { "g/1", "daily", Start.AddDays(1), 70_000L, 1 }, _columns.Select(column => row[column]));
        Assert.Equal(["5", "6"], await RowsAsync("select grain_hash from orleans_reminder order by 1"));
    }

    [Fact]
    public async Task A_period_may_be_longer_than_a_number_of_32_bits_holds()
    {
        const long FortyDays = 40L * 24 * 60 * 60 * 1000;
        await UpsertAsync("g/1", "rare", 5, BigNumber("Period", FortyDays));
        Assert.Equal(FortyDays, Assert.Single(await RunAsync("ReadReminderRowKey", Reminder("g/1", "rare")))["Period"]);
    }

    [Fact]
    public async Task Changes_of_one_reminder_at_once_get_a_version_each()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => UpsertAsync("g/1", "daily", 5, BigNumber("Period", i))));
        Assert.Equal(Enumerable.Range(0, Writers), versions.Order());
        Assert.Equal([$"{Array.IndexOf(versions, Writers - 1)}"], await RowsAsync("select period from orleans_reminder"));
    }

    [Theory]
    [InlineData("g/1", "daily", 1, true)]
    [InlineData("g/1", "daily", 0, false)]
    [InlineData("g/1", "daily", 2, false)]
    [InlineData("g/1", "hourly", 1, false)]
    [InlineData("g/2", "daily", 1, false)]
    public async Task A_reminder_is_deleted_by_the_version_that_was_read(string grain, string name, int version, bool goes)
    {
        await UpsertAsync("g/1", "daily", 5);
        await UpsertAsync("g/1", "daily", 5);
        Assert.Equal(goes, await AskAsync<bool>("DeleteReminderRowKey", [.. Reminder(grain, name), Number("Version", version)]));
        Assert.Equal(goes ? 0 : 1, await CountAsync("orleans_reminder"));
    }

    [Fact]
    public async Task A_deleted_reminder_starts_anew()
    {
        await UpsertAsync("g/1", "daily", 5);
        await UpsertAsync("g/1", "daily", 5);
        await AskAsync<bool>("DeleteReminderRowKey", [.. Reminder("g/1", "daily"), Number("Version", 1)]);
        Assert.Equal(0, await UpsertAsync("g/1", "daily", 5));
    }

    [Theory]
    [InlineData("ReadRangeRows1Key", -10, 10, "0 10")]
    [InlineData("ReadRangeRows1Key", -11, 0, "-10 0")]
    [InlineData("ReadRangeRows1Key", 10, 11, "")]
    [InlineData("ReadRangeRows1Key", int.MinValue, int.MaxValue, "-10 0 10 2147483647")]
    [InlineData("ReadRangeRows2Key", 0, -10, "-2147483648 -10 10 2147483647")]
    [InlineData("ReadRangeRows2Key", 10, int.MinValue, "-2147483648 2147483647")]
    [InlineData("ReadRangeRows2Key", int.MaxValue, int.MinValue, "-2147483648")]
    [InlineData("ReadRangeRows2Key", int.MaxValue, -11, "-2147483648")]
    [InlineData("ReadRangeRows2Key", 0, 0, "-2147483648 -10 0 10 2147483647")]
    [InlineData("ReadRangeRows2Key", 5, 5, "-2147483648 -10 0 10 2147483647")]
    public async Task A_range_has_its_end_but_not_its_begin_and_may_pass_the_end_of_the_ring(string key, int begin, int end, string hashes)
    {
        foreach (var hash in new[] { int.MinValue, -10, 0, 10, int.MaxValue })
        {
            await UpsertAsync($"{hash}", "daily", hash);
            await UpsertAsync($"{hash}", "of another service", hash, service: "another");
        }

        var rows = await RunAsync(key, Text("ServiceId", Service), Number("BeginHash", begin), Number("EndHash", end));
        Assert.All(rows, row => Assert.Equal("daily", row["ReminderName"]));
        Assert.Equal(hashes, string.Join(' ', rows.Select(row => int.Parse((string)row["GrainId"]!, null)).Order()));
    }

    [Fact]
    public async Task The_two_range_queries_split_the_ring_without_a_gap_or_an_overlap()
    {
        foreach (var hash in new[] { int.MinValue, -10, 0, 10, int.MaxValue })
        {
            await UpsertAsync($"{hash}", "daily", hash);
        }

        var inside = await RunAsync("ReadRangeRows1Key", Text("ServiceId", Service), Number("BeginHash", -10), Number("EndHash", 10));
        var outside = await RunAsync("ReadRangeRows2Key", Text("ServiceId", Service), Number("BeginHash", 10), Number("EndHash", -10));
        Assert.Equal(5, inside.Concat(outside).Select(row => row["GrainId"]).Distinct().Count());
        Assert.Equal(5, inside.Count + outside.Count);
    }

    [Fact]
    public async Task A_service_without_reminders_has_no_rows()
    {
        Assert.Empty(await RunAsync("ReadRangeRows1Key", Text("ServiceId", Service), Number("BeginHash", -1), Number("EndHash", 1)));
        Assert.Empty(await RunAsync("ReadRangeRows2Key", Text("ServiceId", Service), Number("BeginHash", 0), Number("EndHash", 0)));
        Assert.Empty(await RunAsync("ReadReminderRowsKey", Text("ServiceId", Service), Text("GrainId", "g/1")));
        Assert.Empty(await RunAsync("ReadReminderRowKey", Reminder("g/1", "daily")));
        Assert.False(await AskAsync<bool>("DeleteReminderRowKey", [.. Reminder("g/1", "daily"), Number("Version", 0)]));
    }

    [Fact]
    public async Task The_reminders_of_a_grain_are_read_together_and_those_of_a_service_deleted_together()
    {
        await UpsertAsync("g/1", "daily", 5);
        await UpsertAsync("g/1", "hourly", 5);
        await UpsertAsync("g/2", "daily", 5);
        await UpsertAsync("g/1", "daily", 5, service: "another");
        var rows = await RunAsync("ReadReminderRowsKey", Text("ServiceId", Service), Text("GrainId", "g/1"));
        Assert.Equal(_columns, rows[0].Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["g/1 daily", "g/1 hourly"], rows.Select(row => $"{row["GrainId"]} {row["ReminderName"]}").Order());
        Assert.Empty(await RunAsync("DeleteReminderRowsKey", Text("ServiceId", Service)));
        Assert.Equal(["another"], await RowsAsync("select service_id from orleans_reminder"));
    }

    private async Task<int> UpsertAsync(
        string grain, string name, int hash, DbParam? period = null, DateTime? start = null, string service = Service)
    {
        var row = Assert.Single(await RunAsync(
            "UpsertReminderRowKey",
            [
                .. Reminder(grain, name, service), Time("StartTime", start ?? Start), period ?? Number("Period", 60_000),
                Number("GrainHash", hash),
            ]));
        return (int)row["Version"]!;
    }

    private static DbParam[] Reminder(string grain, string name, string service = Service) =>
        [Text("ServiceId", service), Text("GrainId", grain), Text("ReminderName", name)];
}
