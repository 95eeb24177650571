using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client.Security;

namespace QLearning.Client.Connection;

/// <summary>Decides at the start whether to wait for a first silo, and says clearly why a connection is not to be had.</summary>
internal sealed class ConnectionRetry(IOptions<QLearningClientOptions> options, RefusedPeers refused, TimeProvider time)
    : IClientConnectionRetryFilter
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    private long? _began;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (Find<NpgsqlException>(exception) is { } refused)
        {
            var database = new NpgsqlConnectionStringBuilder(options.Value.ConnectionString);
            throw new StorageUnavailableException(
                $"The database '{database.Database}' on {database.Host}:{database.Port} cannot be asked for silos ({refused.Message}).",
                refused);
        }

        _began ??= time.GetTimestamp();
        if (time.GetElapsedTime(_began.Value) > options.Value.ConnectTimeout)
        {
            throw new ClusterUnavailableException(
                $"No silo of cluster '{options.Value.ClusterId}' answered within {options.Value.ConnectTimeout.TotalSeconds:0.#} s "
                + $"({exception.Message.TrimEnd('.')}). {Advice()}", exception);
        }

        await Task.Delay(_pause, time, cancellationToken);
        return true;
    }

    // A silo does not tell a client that it refuses it: the connection ends, during the handshake or after it.
    private string Advice() => (refused.LastComplaint, options.Value.Security.ClusterCertificateFile) switch
    {
        ({ } complaint, _) => $"The connection was refused, with {complaint}. Set {ClusterTlsRules.Section}:ClusterAuthorityFile to the "
            + "authority of the silos' certificates.",
        (_, { } file) => $"Start one with 'qlearn serve'. If one runs with mutual TLS, it refuses the certificate {file}, as its log says: "
            + $"set {ClusterTlsRules.Section}:ClusterCertificateFile to one of the cluster's authority; silos without TLS need a client "
            + "without it.",
        _ => $"Start one with 'qlearn serve'. If one runs with mutual TLS, set {ClusterTlsRules.Section}:ClusterCertificateFile and "
            + $"{ClusterTlsRules.Section}:ClusterAuthorityFile.",
    };

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
            {
                return found;
            }
        }

        return null;
    }
}
