using System.Diagnostics;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Bench.Comparisons.Grains;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>
/// Best actions of one agent type whose table is split over several grains: asked inside the silo, many in a call, so that the grain that
/// looks them up is the limit and not the messages.
/// </summary>
internal sealed class Partitions : IComparison
{
    private const int Many = 100;

    // A grain that is asked without a pause may keep the answer to the benchmark waiting until it counts as lost.
    private static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(200);

    private static readonly (string AgentType, int Count)[] _tables = [("test-executor", 4), ("coverage-analyzer", 2), ("quality-gate", 1)];

    public string Name => "partitions";

    public string Description => "Best actions of one agent type split over 4 grains, against 2 grains and 1.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        foreach (var (agentType, count) in _tables)
        {
            var registry = surroundings.Client.AgentTypes;
            var known = await registry.GetAsync(agentType, cancellationToken);
            await registry.ChangeAsync(known with { Settings = known.Settings with { Partitions = count } }, cancellationToken);
            await Workload.FillAsync(surroundings.Client.AgentType(agentType), cancellationToken);
            var name = string.Create(CultureInfo.InvariantCulture, $"{count} grain{(count == 1 ? "" : "s")}");
            contenders.Add(new Contender(name, (_, _) => AskAsync(surroundings, agentType, count)));
        }

        return new Contest("best actions/s", contenders[0], contenders[1..], [Goal.Told("1 grain"), Goal.Told("2 grains")]);
    }

    private static async Task<Sample> AskAsync(Surroundings surroundings, string agentType, int count)
    {
        var states = Enumerable.Range(0, Workload.States).Select(Workload.Key)
            .ToLookup(state => new TablePartition(agentType, 0, count).Of(state).Owner);
        var owners = states.Select(part => part.Key).ToList();
        var began = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, surroundings.Callers.Count).Select(async caller =>
        {
            var owner = owners[caller % owners.Count];
            StateKey[] asked = [.. states[owner].Take(Many)];
            var inside = surroundings.Orleans.GetGrain<IInsideCaller>(caller);
            var sum = 0L;
            while (Stopwatch.GetElapsedTime(began) < surroundings.Callers.Duration)
            {
                sum += await inside.AskMany(owner.ToString(), asked, _slice);
            }

            return sum;
        }));
        return new Sample(answers.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}
