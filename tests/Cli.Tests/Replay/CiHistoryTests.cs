using QLearning.Abstractions;
using QLearning.Cli.Replay;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary>Reading a CI history, and what is said of one that is malformed.</summary>
public sealed class CiHistoryTests : IDisposable
{
    private const string Header = "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cycles_come_in_order_with_their_tests_as_they_stand()
    {
        var cycles = Read(Header + "1;a;10;0;2015-01-01;[];1;2\n2;b;20;0;2015-01-01;[1, 0];0;1\n3;\"c\";30;0;;[0,1,1];1;2\n");

        Assert.Equal([1, 2], cycles.Select(cycle => cycle.Number));
        Assert.Equal(["a", "\"c\""], cycles[1].Tests.Select(test => test.Name));
        Assert.Equal([false, true, true], cycles[1].Tests[1].LastResults);
        Assert.Equal(20, cycles[1].TimeBudgetMs);
        Assert.Equal(2, cycles[1].Run([0, 1]).Failures);
    }

    [Theory]
    [InlineData("", "its header in line 1 lacks Name, Duration, LastResults, Verdict, Cycle")]
    [InlineData("Name;Duration;Verdict;Cycle\n", "its header in line 1 lacks LastResults")]
    [InlineData(Header, "it has no executions")]
    [InlineData(Header + "1;a;10;0;d;[];1;2\n1;a;10;0;d;[];1\n", "line 3, column 7: the line has 7 columns")]
    [InlineData(Header + "1;;10;0;d;[];1;2\n", "line 2, column 2 (Name): ''")]
    [InlineData(Header + "1;a;-1;0;d;[];1;2\n", "line 2, column 3 (Duration): '-1'")]
    [InlineData(Header + "1;a;99999999999;0;d;[];1;2\n", "line 2, column 3 (Duration): '99999999999'")]
    [InlineData(Header + "1;a;10;0;d;[];1;2\n\n1;a;10;0;d;[2];1;2\n", "line 4, column 6 (LastResults): '[2]'")]
    [InlineData(Header + "1;a;10;0;d;1,0;1;2\n", "line 2, column 6 (LastResults): '1,0'")]
    [InlineData(Header + "1;a;10;0;d;[];yes;2\n", "line 2, column 7 (Verdict): 'yes'")]
    [InlineData(Header + "1;a;10;0;d;[];1;x\n", "line 2, column 8 (Cycle): 'x'")]
    public void A_malformed_file_is_refused_with_line_and_column(string text, string message)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: ", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<CiCycle> Read(string text)
    {
        File.WriteAllText(_folder.At("history.csv"), text);
        return CiHistory.Read(_folder.At("history.csv"));
    }
}
