using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Bench.Chaos;
using QLearning.Client;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// What a call costs in clusters of one, two and four silos on this machine: the processor time of all silos and of the client for three
/// reads and one write-behind update of 18 agent types.
/// </summary>
internal sealed class Scale : IComparison
{
    private const int Reads = 3;

    // 18 do not keep four silos busy: what a call costs is then what its waiting costs.
    private const int Callers = 72;
    private static readonly int[] _sizes = [4, 2, 1];

    public string Name => "scale";

    public string Description => "Processor time of a call in a cluster of 4 silos, against 2 silos and 1; 72 callers.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var clusters = new List<SizedCluster>();
        foreach (var size in _sizes)
        {
            clusters.Add(await SizedCluster.StartAsync(size, cancellationToken));
        }

        var callers = surroundings.Callers with { Count = Callers };
        Contender[] contenders =
            [.. clusters.Select(cluster => new Contender(cluster.Name, (round, _) => cluster.MeasureAsync(round, callers)))];
        return new Contest("µs/call", contenders[0], contenders[1..], [Goal.TimesAtMost("1 silo", 1.3), Goal.Told("2 silos")])
        {
            Held = clusters,
        };
    }

    /// <summary>A cluster with a client of its own.</summary>
    private sealed class SizedCluster(ChaosCluster cluster, BenchClient client, AgentTypeClient[] types) : IAsyncDisposable
    {
        public string Name { get; } = string.Create(
            CultureInfo.InvariantCulture, $"{cluster.Silos.Count} silo{(cluster.Silos.Count == 1 ? "" : "s")}");

        public static async Task<SizedCluster> StartAsync(int size, CancellationToken cancellationToken)
        {
            var cluster = await ChaosCluster.StartAsync(size, cancellationToken);
            var client = await BenchClient.ConnectAsync(cluster.ConnectionString, _ => { }, cancellationToken);
            AgentTypeClient[] types = [.. (await client.QLearning.GetAgentTypesAsync(cancellationToken))
                .Select(type => client.QLearning.AgentType(type.AgentType))];
            foreach (var type in types)
            {
                await Workload.FillAsync(type, Workload.States, cancellationToken);
            }

            return new SizedCluster(cluster, client, types);
        }

        public async Task<Sample> MeasureAsync(int round, Callers callers)
        {
            var before = ProcessorTime();
            var began = Stopwatch.GetTimestamp();
            var calls = callers.Contender(Name, CallAsync, Reads + 1);
            var rate = (await calls.MeasureAsync(round, CancellationToken.None)).Value;
            var made = rate * Stopwatch.GetElapsedTime(began).TotalSeconds;
            return new Sample((ProcessorTime() - before).TotalMicroseconds / made);
        }

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await cluster.DisposeAsync();
        }

        private async Task CallAsync(int caller, Random random)
        {
            var type = types[caller % types.Length];
            for (var i = 0; i < Reads; i++)
            {
                await type.GetBestActionAsync(Workload.AnyKey(random));
            }

            await type.LearnAsync(Workload.AnyTransition(random), WriteMode.WriteBehind);
        }

        private TimeSpan ProcessorTime() =>
            cluster.Silos.Aggregate(Environment.CpuUsage.TotalTime, (sum, silo) => sum + silo.ProcessorTime);
    }
}
