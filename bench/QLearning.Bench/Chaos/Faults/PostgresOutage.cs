using QLearning.Abstractions;

namespace QLearning.Bench.Chaos.Faults;

/// <summary>PostgreSQL is stopped and started again.</summary>
internal sealed class PostgresOutage : IFault
{
    private static readonly TimeSpan _readInterval = TimeSpan.FromMilliseconds(10);

    public string Name => "postgres-outage";

    public string Description => "PostgreSQL is stopped for a time; hot reads must all be answered, and what waits must be flushed when it is back.";

    public async Task<FaultResult> InjectAsync(Scene scene, CancellationToken cancellationToken)
    {
        foreach (var type in ChaosLoad.AgentTypes)
        {
            // Only what is hot can be answered.
            await scene.Load.Client.AgentType(type).GetStatisticsAsync(cancellationToken);
        }

        var at = scene.Load.Now;
        using var away = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.WhenAll(ChaosLoad.AgentTypes.Select(type => ReadAsync(scene, type, away.Token)));
        await scene.Cluster.StopPostgresAsync();
        await Task.Delay(scene.Outage, scene.Time, cancellationToken);
        await away.CancelAsync();
        var unanswered = (await reading).SelectMany(findings => findings).Distinct(StringComparer.Ordinal).ToList();
        await scene.Cluster.StartPostgresAsync(cancellationToken);
        var recovery = await scene.FlushAsync(cancellationToken);
        return new FaultResult(at, recovery, TimeSpan.FromSeconds(10)) { Findings = unanswered };
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

            await Task.Delay(_readInterval, scene.Time, away).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return findings;
    }
}
