using System.Diagnostics;

namespace QLearning.Bench.Comparisons;

/// <summary>A job, ready to be done by all who take part.</summary>
/// <param name="Unit">What is compared.</param>
/// <param name="Own">Our way.</param>
/// <param name="Rivals">The other ways.</param>
/// <param name="Goals">What our way must reach.</param>
internal sealed record Contest(string Unit, Contender Own, IReadOnlyList<Contender> Rivals, IReadOnlyList<Goal> Goals) : IAsyncDisposable
{
    /// <summary>What was made for this contest alone, and ends with it.</summary>
    public IReadOnlyList<IAsyncDisposable> Held { get; init; } = [];

    /// <summary>Lets everybody warm up and then take turns: A B A B.</summary>
    /// <param name="name">The name of the case.</param>
    /// <param name="rounds">How many turns each has.</param>
    /// <param name="warmUp">How long each warms up, at least a turn.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CaseResult> RunAsync(string name, int rounds, TimeSpan warmUp, CancellationToken cancellationToken)
    {
        Contender[] all = [Own, .. Rivals];
        foreach (var contender in all)
        {
            await WarmUpAsync(contender, warmUp, cancellationToken);
        }

        var turns = all.ToDictionary(contender => contender, _ => new List<Sample>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contender in all)
            {
                turns[contender].Add(await contender.MeasureAsync(round, cancellationToken));
            }
        }

        return CaseResult.Of(
            name, Unit, Figures.Of(turns[Own]), Rivals.ToDictionary(rival => rival.Name, rival => Figures.Of(turns[rival])), Goals);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Held)
        {
            await one.DisposeAsync();
        }
    }

    // Connections, rows that are inserted once, and code that is compiled while it runs, hot code more than once.
    private static async Task WarmUpAsync(Contender contender, TimeSpan warmUp, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        do
        {
            await contender.MeasureAsync(0, cancellationToken);
        }
        while (Stopwatch.GetElapsedTime(began) < warmUp);
    }
}
