using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Client;

/// <summary>A client with a life of its own, for programs without a generic host.</summary>
public sealed class QLearningClient : IQLearningClient, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IQLearningClient _inner;

    private QLearningClient(IHost host)
    {
        _host = host;
        _inner = host.Services.GetRequiredService<IQLearningClient>();
    }

    /// <summary>Connects to the cluster that announces itself in a database.</summary>
    /// <param name="connectionString">The connection string of the cluster's PostgreSQL.</param>
    /// <param name="configure">Changes other options.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidInputException">The connection string cannot be read, or an option is out of its range.</exception>
    /// <exception cref="StorageUnavailableException">The database does not answer, or holds no cluster's tables.</exception>
    /// <exception cref="ClusterUnavailableException">No silo is running.</exception>
    public static async Task<QLearningClient> ConnectAsync(
        string connectionString, Action<QLearningClientOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        builder.Services.AddQLearningClient(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new QLearningClient(host);
        }
        catch (OrleansException error) when (cancellationToken.IsCancellationRequested)
        {
            // Cancelled between two tries, Orleans reports the last try's failure instead.
            host.Dispose();
            throw new OperationCanceledException("The waiting for a silo was cancelled.", error, cancellationToken);
        }
        catch (OptionsValidationException error)
        {
            host.Dispose();
            throw new InvalidInputException($"The client's options are not allowed: {string.Join(' ', error.Failures)}");
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public AgentTypeClient AgentType(string agentType) => _inner.AgentType(agentType);

    /// <inheritdoc />
    public SessionsClient Sessions => _inner.Sessions;

    /// <inheritdoc />
    public AgentTypesClient AgentTypes => _inner.AgentTypes;

    /// <inheritdoc />
    public PatternLibraryClient Patterns(string agentType) => _inner.Patterns(agentType);

    /// <inheritdoc />
    public MaintenanceClient Maintenance => _inner.Maintenance;

    /// <inheritdoc />
    public AgentClient Agent(string agentType, string instance) => _inner.Agent(agentType, instance);

    /// <inheritdoc />
    public EpisodeClient Episode(string agentType, string instance, Guid id) => _inner.Episode(agentType, instance, id);

    /// <inheritdoc />
    public RequestKeysClient RequestKeys => _inner.RequestKeys;

    /// <inheritdoc />
    public ApiKeysClient ApiKeys => _inner.ApiKeys;

    /// <inheritdoc />
    public Task<AgentTypeInfo[]> GetAgentTypesAsync(CancellationToken cancellationToken = default) =>
        _inner.GetAgentTypesAsync(cancellationToken);

    /// <summary>
    /// Disconnects. Calls after it are refused with <see cref="ClusterUnavailableException"/>; asking this client for another agent type,
    /// agent or library throws <see cref="ObjectDisposedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
