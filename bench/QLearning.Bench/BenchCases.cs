using QLearning.Bench.CleanUp;
using QLearning.Bench.HttpLoad;
using QLearning.Bench.Sizing;
using QLearning.Bench.Soak;

namespace QLearning.Bench;

/// <summary>All benchmarks. A new one is a class that implements <see cref="IBenchCase"/> and a line here.</summary>
internal static class BenchCases
{
    public static IReadOnlyList<IBenchCase> All { get; } = [new CleanUpCase(), new RowSizeCase(), new SoakCase(), new HttpCase()];
}
