using System.Text;
using QLearning.Abstractions;
using QLearning.Cli.Replay.History;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary>The files in <c>Histories</c>: CI histories as people save them, byte for byte. A new one needs a line here.</summary>
public sealed class SavedHistoriesTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "tests", "Cli.Tests", "Replay", "Histories");

    /// <summary>Cycles, tests in them, and failures.</summary>
    private static readonly Dictionary<string, (int Cycles, int Tests, int Failures)> _readable = new()
    {
        ["retecs-blank-lines"] = (1, 2, 1),
        ["retecs-bom-crlf"] = (1, 2, 1),
        ["retecs-comma"] = (1, 2, 1),
        ["retecs-cycle-commit"] = (2, 2, 2),
        ["retecs-cycle-float"] = (1, 1, 1),
        ["retecs-duration-scientific"] = (1, 1, 1),
        ["retecs-lastresults-floats"] = (1, 1, 1),
        ["retecs-lastresults-spaces"] = (1, 1, 1),
        ["retecs-long-name"] = (1, 1, 1),
        ["retecs-lowercase-header"] = (1, 1, 1),
        ["retecs-no-lastresults"] = (2, 2, 1),
        ["retecs-pandas-index"] = (1, 2, 1),
        ["retecs-plain"] = (2, 4, 1),
        ["retecs-quoted"] = (1, 1, 1),
        ["retecs-same-test-twice-in-cycle"] = (1, 2, 0),
        ["retecs-seconds-decimal"] = (1, 2, 1),
        ["retecs-single-test-cycles"] = (3, 3, 3),
        ["retecs-utf8-name"] = (1, 1, 1),
        ["retecs-verdict-float"] = (1, 1, 1),
        ["retecs-zero-durations"] = (1, 2, 1),
    };

    /// <summary>What the one error says.</summary>
    private static readonly Dictionary<string, string> _refused = new()
    {
        ["empty"] = "Name",
        ["header-only"] = "no executions",
        ["retecs-duration-empty"] = "line 2, column 3 (Duration)",
        ["retecs-duration-negative"] = "line 2, column 3 (Duration)",
        ["retecs-latin1"] = "line 2",
        ["retecs-truncated"] = "line 3, column 5",
        ["tp-rl"] = "Name",
        ["zip-not-csv"] = "zip-not-csv.csv",
    };

    public static TheoryData<string> Readable => [.. _readable.Keys];

    public static TheoryData<string> Refused => [.. _refused.Keys];

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_history_is_read_as_it_was_saved(string name)
    {
        var cycles = CiHistory.Read(At(name));

        Assert.Equal(_readable[name], (
            cycles.Count,
            cycles.Sum(cycle => cycle.Tests.Count),
            cycles.Sum(cycle => cycle.Run([.. Enumerable.Range(0, cycle.Tests.Count)]).Failures)));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_history_is_one_error_that_says_where(string name)
    {
        var error = Assert.Throws<InvalidInputException>(() => CiHistory.Read(At(name)));

        Assert.Contains(_refused[name], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Names_are_read_as_they_are_written()
    {
        Assert.Equal("naïve_ünïcode_✓_テスト", CiHistory.Read(At("retecs-utf8-name"))[0].Tests[0].Name);
        var latin = new HistoryOptions { Encoding = Encoding.Latin1 };
        Assert.Equal("prüfung_größe", CiHistory.Read(At("retecs-latin1"), latin)[0].Tests[0].Name);
        Assert.All(CiHistory.Read(At("retecs-single-test-cycles")), cycle => Assert.True(cycle.IsWithoutChance));
    }

    [Fact]
    public void Every_file_is_told_of() => Assert.Equal(
        _readable.Keys.Concat(_refused.Keys).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(_folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    private static string At(string name) => Path.Combine(_folder, $"{name}.csv");
}
