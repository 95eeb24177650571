using Microsoft.Extensions.Hosting;

namespace QLearning.Silo;

/// <summary>Leaves signals to the program that holds the silo.</summary>
internal sealed class ManualLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
