using System.Runtime.CompilerServices;
using QLearning.Cli.Replay.History;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary>What is kept of a CI history that was read.</summary>
[Collection(nameof(Alone))]
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

    /// <summary>
    /// The bytes of a history with one cycle, as the middle of three readings: what other tests have left behind may go in one of them.
    /// </summary>
    private long KeptBytes(string file, int tests)
    {
        long[] readings = [.. Enumerable.Range(0, 3).Select(_ => BytesFreedAfter(_folder.At(file), tests)).Order()];
        return readings[1];
    }

    private static long BytesFreedAfter(string path, int tests)
    {
        var held = BytesWhileHeld(path, tests);
        return held - GC.GetTotalMemory(forceFullCollection: true);
    }

    // Of its own, so that no local variable holds the history any more when the memory without it is read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long BytesWhileHeld(string path, int tests)
    {
        var cycles = CiHistory.Read(path);
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(tests, Assert.Single(cycles).Tests.Count);
        return bytes;
    }
}

/// <summary>Tests that measure the heap run while no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
#pragma warning disable CA1711 // xUnit's word for it.
public class Alone;
#pragma warning restore CA1711
