using BenchmarkDotNet.Attributes;
using QLearning.Abstractions;
using QLearning.Learning.QTables;

namespace QLearning.Bench.Comparisons.QTables;

/// <summary>Reads of the best action, of states in no order, so that the caches of the processor do not have them ready.</summary>
public class QTableBenchmark : IDisposable
{
    private const int Reads = 10_000;

    private readonly StateKey[] _asked = new StateKey[Reads];
    private CoarseClock? _clock;
    private QTable? _table;

    /// <summary>How many states the table has.</summary>
    public static int States { get; set; }

    /// <summary>Fills the table.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _clock = new CoarseClock(TimeProvider.System);
        _table = TableFill.Create(_clock, States);
        var keys = _table.States();
        var random = new Random(1);
        for (var i = 0; i < Reads; i++)
        {
            _asked[i] = keys[random.Next(keys.Length)];
        }
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _table = null;
        _clock?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads the best action of each state that is asked for.</summary>
    /// <returns>Their sum, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Reads)]
    public double BestAction()
    {
        var sum = 0.0;
        foreach (var state in _asked)
        {
            if (_table!.TryGetBest(state, out var best))
            {
                sum += best.QValue;
            }
        }

        return sum;
    }
}
