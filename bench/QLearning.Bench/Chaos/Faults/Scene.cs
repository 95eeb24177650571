using QLearning.Abstractions;
using QLearning.Testing;

namespace QLearning.Bench.Chaos.Faults;

/// <summary>What a fault has to do with.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Load">Its load, which runs.</param>
/// <param name="Time">The clock.</param>
/// <param name="Outage">How long PostgreSQL is away.</param>
internal sealed record Scene(ChaosCluster Cluster, ChaosLoad Load, TimeProvider Time, TimeSpan Outage)
{
    /// <summary>The longest time anything is waited for.</summary>
    public static TimeSpan GiveUp { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The silo that holds the Q-table of the first agent type.</summary>
    public async Task<SiloProcess> FindOwnerAsync(CancellationToken cancellationToken)
    {
        var statistics = await Load.Client.AgentType(ChaosLoad.AgentTypes[0]).GetStatisticsAsync(cancellationToken);
        return Cluster.Find(statistics.Silo);
    }

    /// <summary>The time until new calls of every agent type are answered.</summary>
    public Task<TimeSpan> RecoverAsync(CancellationToken cancellationToken) =>
        new RecoveryProbe(Load.Client, Time).MeasureAsync(GiveUp, cancellationToken);

    /// <summary>Takes PostgreSQL away under load and starts it again; hot reads must all be answered meanwhile.</summary>
    /// <param name="stop">Takes it away.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<FaultResult> TakePostgresAwayAsync(Func<Task> stop, CancellationToken cancellationToken)
    {
        await HotReads.WarmUpAsync(this, cancellationToken);
        var at = Load.Now;
        using var away = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = HotReads.RunAsync(this, away.Token);
        await stop();
        await Task.Delay(Outage, Time, cancellationToken);
        await away.CancelAsync();
        var unanswered = await reading;
        await Cluster.StartPostgresAsync(cancellationToken);
        var recovery = await FlushAsync(cancellationToken);
        return new FaultResult(at, recovery, TimeSpan.FromSeconds(10)) { Findings = unanswered };
    }

    /// <summary>The time until all that waits now is in PostgreSQL.</summary>
    public async Task<TimeSpan> FlushAsync(CancellationToken cancellationToken)
    {
        var began = Time.GetTimestamp();
        await Task.WhenAll(Load.AllTypes.Select(type => FlushAsync(type, began, cancellationToken)));
        return Time.GetElapsedTime(began);
    }

    // A flush that meets the end of an outage may be told that the rows are not stored: they stay, and the next one has them.
    private async Task FlushAsync(string agentType, long began, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Load.Client.AgentType(agentType).FlushAsync(cancellationToken);
                return;
            }
            catch (StorageUnavailableException) when (Time.GetElapsedTime(began) < GiveUp)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Time, cancellationToken);
            }
        }
    }
}
