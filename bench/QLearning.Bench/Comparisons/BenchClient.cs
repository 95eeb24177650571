using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QLearning.Client;

namespace QLearning.Bench.Comparisons;

/// <summary>A client whose connection can also be used for other calls of Orleans.</summary>
internal sealed class BenchClient : IAsyncDisposable
{
    private readonly IHost _host;

    private BenchClient(IHost host) => _host = host;

    /// <summary>The client library.</summary>
    public IQLearningClient QLearning => _host.Services.GetRequiredService<IQLearningClient>();

    /// <summary>What it stands on.</summary>
    public IClusterClient Orleans => _host.Services.GetRequiredService<IClusterClient>();

    public static async Task<BenchClient> ConnectAsync(
        string connectionString, Action<QLearningClientOptions> configure, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddQLearningClient(options =>
        {
            options.ConnectionString = connectionString;
            configure(options);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new BenchClient(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
