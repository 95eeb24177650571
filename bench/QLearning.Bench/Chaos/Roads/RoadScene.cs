using QLearning.Client;

namespace QLearning.Bench.Chaos.Roads;

/// <summary>What a road works with.</summary>
/// <param name="Clients">The clients.</param>
/// <param name="Cluster">The cluster, for those who ask it without a client.</param>
/// <param name="Book">Where each call is noted.</param>
/// <param name="Time">The clock.</param>
/// <param name="Round">The number of the round.</param>
/// <param name="PauseFactor">How many times longer than each road says callers pause between two calls.</param>
internal sealed record RoadScene(
    IReadOnlyList<QLearningClient> Clients, ChaosCluster Cluster, CallBook Book, TimeProvider Time, int Round, double PauseFactor)
{
    /// <summary>A seed of a caller of its own for each round.</summary>
    public Random RandomOf(int caller) => new((Round * 1000) + caller);

    /// <summary>Runs callers, some on each client.</summary>
    public Task RunAsync(int callers, Func<QLearningClient, int, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(caller => work(Clients[caller % Clients.Count], caller)));

    /// <summary>Waits between two calls.</summary>
    public Task PauseAsync(TimeSpan pause, CancellationToken stopping) => WaitAsync(pause * PauseFactor, stopping);

    /// <summary>Waits, whatever the load.</summary>
    public async Task WaitAsync(TimeSpan time, CancellationToken stopping) =>
        await Task.Delay(time, Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
