using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Mcp;
using QLearning.Silo.Configuration;

namespace QLearning.Silo.Gateway;

/// <summary>An MCP server on standard input and output, over a client of its own: one process for one caller.</summary>
public static class QLearningMcpProgram
{
    /// <summary>Answers until standard input ends. Standard output is the server's alone.</summary>
    /// <param name="connectionString">The connection string of the cluster's PostgreSQL, where silos announce themselves.</param>
    /// <param name="logging">Where it logs, never to standard output.</param>
    /// <param name="ignoresGateways">
    /// Whether the connection string goes before <c>QLearning:Client:Gateways</c>, as one that was typed does.
    /// </param>
    /// <param name="cancellationToken">Ends it before.</param>
    /// <exception cref="StorageUnavailableException">The database does not answer, or holds no cluster's tables.</exception>
    /// <exception cref="ClusterUnavailableException">No silo is running.</exception>
    public static async Task RunAsync(
        string connectionString,
        Action<ILoggingBuilder> logging,
        bool ignoresGateways = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(logging);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        SiloConfiguration.AddTo(builder.Configuration);
        logging(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        // The client first: it is connected before the first message is read.
        builder.Services.AddQLearningClient(options =>
            SiloConfiguration.FindClusterOf(options, connectionString, ignoresGateways));
        builder.Services.AddQLearningMcpOnStandardStreams();
        using var host = builder.Build();
        SiloConfiguration.Read(() => host.Services.GetService<IStartupValidator>()?.Validate());
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }
}
