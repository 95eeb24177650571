namespace QLearning.Storage.Tests.OrleansQueries;

/// <summary>Grain state is written by who read its newest version, and by no other.</summary>
public sealed class GrainStorageTests : OrleansQueryTest
{
    private const int Writers = 8;
    private static readonly Grain _grain = new();

    [Fact]
    public async Task State_that_was_never_written_has_no_row() => Assert.Empty(await RunAsync("ReadFromStorageKey", Identity(_grain)));

    [Fact]
    public async Task Each_write_with_the_version_read_makes_the_next()
    {
        Assert.Equal(1, await WriteAsync(_grain, null, 10));
        Assert.Equal((1, "0A"), await ReadAsync(_grain));
        Assert.Equal(2, await WriteAsync(_grain, 1, 11));
        Assert.Equal(3, await WriteAsync(_grain, 2, 12));
        Assert.Equal((3, "0C"), await ReadAsync(_grain));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_with_another_version_changes_nothing(int? version)
    {
        await WriteAsync(_grain, null, 10);
        await WriteAsync(_grain, 1, 11);
        Assert.Null(await WriteAsync(_grain, version, 99));
        Assert.Equal((2, "0B"), await ReadAsync(_grain));
        Assert.Equal(1, await CountAsync("orleans_grain_state"));
    }

    [Fact]
    public async Task A_write_of_a_version_where_no_state_is_writes_nothing()
    {
        Assert.Null(await WriteAsync(_grain, 1, 10));
        Assert.Equal(0, await CountAsync("orleans_grain_state"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order:1")]
    public async Task Of_first_writes_at_once_one_wins(string? extension)
    {
        var grain = _grain with { Extension = extension };
        var won = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => WriteAsync(grain, null, (byte)i)));
        Assert.Single(won, version => version == 1);
        Assert.Equal(Writers - 1, won.Count(version => version is null));
        Assert.Equal((1, $"{Array.IndexOf(won, 1):X2}"), await ReadAsync(grain));
    }

    [Fact]
    public async Task Of_writes_of_one_version_at_once_one_wins()
    {
        await WriteAsync(_grain, null, 99);
        var won = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => WriteAsync(_grain, 1, (byte)i)));
        Assert.Single(won, version => version == 2);
        Assert.Equal(Writers - 1, won.Count(version => version is null));
        Assert.Equal((2, $"{Array.IndexOf(won, 2):X2}"), await ReadAsync(_grain));
    }

    [Fact]
    public async Task Cleared_state_keeps_its_row_and_goes_on_from_its_version()
    {
        await WriteAsync(_grain, null, 10);
        Assert.Equal(2, await EndAsync("ClearStorageKey", _grain, 1));
        Assert.Equal((2, null), await ReadAsync(_grain));
        Assert.Null(await WriteAsync(_grain, null, 11));
        Assert.Null(await WriteAsync(_grain, 1, 11));
        Assert.Equal(3, await WriteAsync(_grain, 2, 11));
        Assert.Equal((3, "0B"), await ReadAsync(_grain));
    }

    [Fact]
    public async Task Deleted_state_has_no_row_and_starts_anew()
    {
        await WriteAsync(_grain, null, 10);
        await WriteAsync(_grain, 1, 10);
        Assert.Equal(3, await EndAsync("DeleteStorageKey", _grain, 2));
        Assert.Empty(await RunAsync("ReadFromStorageKey", Identity(_grain)));
        Assert.Equal(1, await WriteAsync(_grain, null, 11));
    }

    [Theory]
    [InlineData("ClearStorageKey", 1)]
    [InlineData("ClearStorageKey", 3)]
    [InlineData("ClearStorageKey", null)]
    [InlineData("DeleteStorageKey", 1)]
    [InlineData("DeleteStorageKey", 3)]
    [InlineData("DeleteStorageKey", null)]
    public async Task State_of_another_version_is_neither_cleared_nor_deleted(string key, int? version)
    {
        await WriteAsync(_grain, null, 10);
        await WriteAsync(_grain, 1, 11);
        Assert.Null(await EndAsync(key, _grain, version));
        Assert.Equal((2, "0B"), await ReadAsync(_grain));
    }

    [Fact]
    public async Task Grains_that_differ_in_anything_have_states_of_their_own()
    {
        Grain[] grains =
        [
            _grain, _grain with { IdHash = -8 }, _grain with { TypeHash = 6 }, _grain with { N0 = 1 }, _grain with { N1 = 6 },
            _grain with { Type = "other" },
            _grain with { Service = "other" }, _grain with { Extension = "" }, _grain with { Extension = "a" },
            _grain with { Extension = "A" },
        ];
        foreach (var (i, grain) in grains.Index())
        {
            Assert.Equal(1, await WriteAsync(grain, null, (byte)i));
        }

        Assert.Equal(2, await WriteAsync(_grain, 1, 77));
        Assert.Equal(2, await EndAsync("ClearStorageKey", grains[7], 1));
        Assert.Equal(2, await EndAsync("DeleteStorageKey", grains[8], 1));
        Assert.Equal((2, "4D"), await ReadAsync(_grain));
        foreach (var i in new[] { 1, 2, 3, 4, 5, 6, 9 })
        {
            Assert.Equal((1, $"{i:X2}"), await ReadAsync(grains[i]));
        }
    }

    private async Task<int?> WriteAsync(Grain grain, int? version, byte payload)
    {
        var rows = await RunAsync(
            "WriteToStorageKey", [.. Identity(grain), Number("GrainStateVersion", version), Bytes("PayloadBinary", [payload])]);
        Assert.True(rows.Count <= 1);
        return rows.Count == 0 ? null : (int)rows[0]["NewGrainStateVersion"]!;
    }

    private async Task<int?> EndAsync(string key, Grain grain, int? version)
    {
        var rows = await RunAsync(key, [.. Identity(grain), Number("GrainStateVersion", version)]);
        Assert.True(rows.Count <= 1);
        return rows.Count == 0 ? null : (int)rows[0].First().Value!;
    }

    private async Task<(int Version, string? Payload)> ReadAsync(Grain grain)
    {
        var row = Assert.Single(await RunAsync("ReadFromStorageKey", Identity(grain)));
        return ((int)row["Version"]!, row["PayloadBinary"] is byte[] payload ? Convert.ToHexString(payload) : null);
    }

    private static DbParam[] Identity(Grain grain) =>
    [
        Number("GrainIdHash", grain.IdHash), Number("GrainTypeHash", grain.TypeHash), BigNumber("GrainIdN0", grain.N0),
        BigNumber("GrainIdN1", grain.N1),
        Text("GrainIdExtensionString", grain.Extension), Text("GrainTypeString", grain.Type), Text("ServiceId", grain.Service),
    ];

    private sealed record Grain(
        int IdHash = -7, int TypeHash = 5, long N0 = 0, long N1 = 5, string? Extension = null, string Type = "state",
        string Service = "service");
}
