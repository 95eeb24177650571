using Microsoft.Extensions.Options;
using Npgsql;
using QLearning.Abstractions;

namespace QLearning.Client.Connection;

/// <summary>Decides at the start whether to wait for a first silo, and says clearly why a connection is not to be had.</summary>
internal sealed class ConnectionRetry(IOptions<QLearningClientOptions> options, ConnectionAdvice advice, TimeProvider time)
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
                + $"({exception.Message.TrimEnd('.')}). {advice.Text}", exception);
        }

        await Task.Delay(_pause, time, cancellationToken);
        return true;
    }

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
