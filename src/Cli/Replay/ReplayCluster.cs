using QLearning.Client;
using QLearning.Silo;
using QLearning.Silo.Configuration;

namespace QLearning.Cli.Replay;

/// <summary>A client and, unless the cluster was given, the silo it talks to.</summary>
internal sealed class ReplayCluster : IAsyncDisposable
{
    private readonly QLearningSilo? _silo;

    private ReplayCluster(QLearningSilo? silo, QLearningClient client) => (_silo, Client) = (silo, client);

    public QLearningClient Client { get; }

    /// <summary>
    /// Connects to the cluster that the settings name by a connection string; without one, starts a silo on their folder.
    /// </summary>
    public static async Task<ReplayCluster> OpenAsync(SiloSettings settings, CancellationToken cancellationToken)
    {
        if (settings.ConnectionString is { } given)
        {
            return new ReplayCluster(
                null, await QLearningClient.ConnectAsync(given, SiloConfiguration.FindCluster, cancellationToken));
        }

        var silo = await QLearningSilo.StartAsync(settings, Logs.ErrorsToStandardError, cancellationToken: cancellationToken);
        try
        {
            return new ReplayCluster(silo, await ConnectAsync(silo, settings, cancellationToken));
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await (_silo?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static Task<QLearningClient> ConnectAsync(QLearningSilo silo, SiloSettings settings, CancellationToken cancellationToken) =>
        QLearningClient.ConnectAsync(
            silo.ConnectionString,
            options =>
            {
                SiloConfiguration.Secure(options);
                (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId);
            },
            cancellationToken);
}
