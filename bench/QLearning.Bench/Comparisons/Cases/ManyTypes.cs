using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Bench.Comparisons.Grains;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>Many agent types, each of them used once.</summary>
internal sealed class ManyTypes : IComparison
{
    private const int Types = 10_000;

    private const string Register = """
        insert into agent_types (agent_type, display_name) select name, name from unnest($1) as name
        """;

    private int _turn;

    public string Name => "many-types";

    public string Description => "10,000 agent types activated and used once.";

    public Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken) => Task.FromResult(new Contest(
        "activations/s",
        new Contender("activation", (_, token) => MeasureAsync(surroundings, token)),
        [],
        [Goal.ExtraTold("bytes per idle type")]));

    private async Task<Sample> MeasureAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var turn = _turn++;
        string[] names = [.. Enumerable.Range(0, Types).Select(i => string.Create(CultureInfo.InvariantCulture, $"bench-{turn}-{i}"))];
        await using (var register = surroundings.Database.CreateCommand(Register))
        {
            register.Parameters.AddWithValue(names);
            await register.ExecuteNonQueryAsync(cancellationToken);
        }

        var heap = surroundings.Orleans.GetGrain<ISiloHeap>(0);
        var before = await heap.GetBytes();
        var left = new ConcurrentQueue<string>(names);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, surroundings.Callers.Count).Select(async _ =>
        {
            while (left.TryDequeue(out var name))
            {
                // By Orleans' own client: what the library keeps for each type is not the silo's.
                await surroundings.Orleans.GetGrain<IAgentTypeGrain>(name).GetBestAction(Workload.Key(0));
            }
        }));
        var took = Stopwatch.GetElapsedTime(began);
        return new Sample(Types / took.TotalSeconds) { Extra = (await heap.GetBytes() - before) / (double)Types };
    }
}
