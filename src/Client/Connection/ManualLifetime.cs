using Microsoft.Extensions.Hosting;

namespace QLearning.Client.Connection;

/// <summary>Leaves signals to the program that holds the client.</summary>
internal sealed class ManualLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
