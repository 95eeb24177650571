using Microsoft.Extensions.Hosting;

namespace QLearning.Bench.Simulation;

/// <summary>No silo stops in good order: its grains are deactivated one by one.</summary>
internal sealed class NeverStops : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication()
    {
    }
}
