using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Faults;

/// <summary>Reads what is hot while PostgreSQL is away: each must be answered.</summary>
internal static class HotReads
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes hot what will be read.</summary>
    public static async Task WarmUpAsync(Scene scene, CancellationToken cancellationToken)
    {
        foreach (var type in ChaosLoad.AgentTypes)
        {
            await scene.Load.Client.AgentType(type).GetStatisticsAsync(cancellationToken);
        }
    }

    /// <summary>Reads until it is cancelled.</summary>
    /// <returns>What was not answered, in words.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(Scene scene, CancellationToken away)
    {
        var findings = await Task.WhenAll(ChaosLoad.AgentTypes.Select(type => ReadAsync(scene, type, away)));
        return [.. findings.SelectMany(some => some).Distinct(StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(Scene scene, string agentType, CancellationToken away)
    {
        var findings = new List<string>();
        while (!away.IsCancellationRequested)
        {
            try
            {
                await scene.Load.Client.AgentType(agentType).GetBestActionAsync(StateKey.Parse("probe"), CancellationToken.None);
            }
            catch (QLearningException error)
            {
                findings.Add($"A hot read was not answered while PostgreSQL was away: {error.Message}");
            }

            await Task.Delay(_interval, scene.Time, away).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return findings;
    }
}
