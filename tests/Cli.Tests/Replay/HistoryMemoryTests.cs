using QLearning.Cli.Replay.History;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary>What is kept of a CI history that was read.</summary>
public sealed class HistoryMemoryTests : IDisposable
{
    private const string Header = "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Memory_grows_with_the_tests_and_not_with_the_text()
    {
        const int Rows = 400;
        using (var file = new StreamWriter(_folder.At("history.csv")))
        {
            file.Write(Header);
            var results = string.Join(", ", Enumerable.Repeat("1", 20_000));
            for (var i = 0; i < Rows; i++)
            {
                file.Write($"{i};t{i};1;0;d;[{results}];1;1\n");
            }
        }

        var kept = KeptBytes("history.csv", Rows);

        var text = new FileInfo(_folder.At("history.csv")).Length;
        Assert.True(kept < text / 10, $"{kept:N0} bytes are kept of {text:N0} bytes of text");
    }

    [Fact]
    public void A_row_of_a_large_cycle_takes_little_whatever_past_it_tells()
    {
        const int Rows = 200_000;
        // A name of 7 characters, an object for the test, and a verdict; the past of 60 verdicts has 180 characters.
        const int MostForRow = 128;
        using (var file = new StreamWriter(_folder.At("large.csv")))
        {
            file.Write(Header);
            var results = string.Join(", ", Enumerable.Repeat("1", 60));
            for (var i = 0; i < Rows; i++)
            {
                file.Write($"{i};t{i:D6};1;0;d;[{results}];1;1\n");
            }
        }

        Assert.InRange(KeptBytes("large.csv", Rows) / Rows, 1, MostForRow);
    }

    private long KeptBytes(string file, int tests)
    {
        var cycles = CiHistory.Read(_folder.At(file));
        Assert.Equal(tests, Assert.Single(cycles).Tests.Count);
        return ObjectGraph.BytesReachableFrom(cycles);
    }
}
