using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using QLearning.Bench.Comparisons.QTables;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>The best action in a Q-table in memory, measured by BenchmarkDotNet: a small table and a large one.</summary>
internal sealed class QTableReads : IComparison
{
    private const int Few = 1_000;
    private const int Many = 1_000_000;

    public string Name => "q-table";

    public string Description => "Best action of a Q-table in memory (BenchmarkDotNet): 1,000,000 states against 1,000.";

    public Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken) => Task.FromResult(new Contest(
        "ns",
        Contender(Many),
        [Contender(Few)],
        [Goal.AtMost("ns", 100), Goal.TimesAtMost(NameOf(Few), 3), Goal.ExtraAtMost("bytes allocated", 0)]));

    private static string NameOf(int states) => string.Create(CultureInfo.InvariantCulture, $"{states:N0} states");

    private static Contender Contender(int states) => new(NameOf(states), (_, _) => Task.Run(() => Measure(states)));

    private static Sample Measure(int states)
    {
        QTableBenchmark.States = states;
        var folder = Directory.CreateTempSubdirectory("qlearning-benchmark-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddLogger(NullLogger.Instance)
                .WithArtifactsPath(folder.FullName)
                .WithOptions(ConfigOptions.DisableLogFile);
            var report = BenchmarkRunner.Run<QTableBenchmark>(config).Reports.Single();
            return new Sample(report.ResultStatistics!.Median)
            {
                Extra = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase),
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
