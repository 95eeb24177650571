using System.Diagnostics;
using QLearning.Abstractions;
using QLearning.Bench.Comparisons.Grains;

namespace QLearning.Bench.Comparisons.Cases;

/// <summary>Best actions asked by grains of the same silo.</summary>
internal sealed class BestActionInside : IComparison
{
    public string Name => "best-action-inside";

    public string Description => "Best action asked from code inside the silo, against the client.";

    public async Task<Contest> PrepareAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var type = surroundings.Client.AgentType(Workload.AgentType);
        await Workload.FillAsync(type, cancellationToken);
        var callers = surroundings.Callers;
        return new Contest(
            "calls/s",
            new Contender("inside", (_, _) => AskAsync(surroundings)),
            [callers.Contender("client", (_, random) => type.GetBestActionAsync(Workload.AnyKey(random), CancellationToken.None))],
            [Goal.Times("client", 5)]);
    }

    private static async Task<Sample> AskAsync(Surroundings surroundings)
    {
        StateKey[] states = [.. Enumerable.Range(0, Workload.States).Select(Workload.Key)];
        var began = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, surroundings.Callers.Count).Select(caller =>
            surroundings.Orleans.GetGrain<IInsideCaller>(caller).Ask(Workload.AgentType, states, surroundings.Callers.Duration).AsTask()));
        return new Sample(answers.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}
