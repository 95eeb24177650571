using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions;
using QLearning.Postgres;

namespace QLearning.Silo.Embedded;

/// <summary>
/// Watches over the embedded PostgreSQL while the silo runs, and starts it again when it died. Updates wait in the silo's memory
/// meanwhile, as in any outage.
/// </summary>
/// <param name="database">The silo's database.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="logger">Gets each death and each start.</param>
internal sealed class EmbeddedServerWatch(SiloDatabase database, TimeProvider time, ILogger<EmbeddedServerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private volatile string? _trouble;

    /// <summary>Why PostgreSQL is down, in one line; null while it runs.</summary>
    public string? Trouble => _trouble;

    /// <summary>Looks each second; a server that does not start is tried again after 2, 4, 8, 16 and then each 30 seconds.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var postgres = database.Embedded!;
        var pause = _interval;
        while (true)
        {
            await Task.Delay(pause, time, stoppingToken);
            var next = pause * 2 < _longestPause ? pause * 2 : _longestPause;
            pause = await KeepUpAsync(postgres, next, stoppingToken) ? _interval : next;
        }
    }

    /// <returns>Whether the server runs now.</returns>
    private async Task<bool> KeepUpAsync(EmbeddedPostgres postgres, TimeSpan nextPause, CancellationToken stopping)
    {
        try
        {
            if (postgres.FindDeath() is { } reason)
            {
                if (_trouble is null)
                {
                    logger.ServerDied(reason);
                }

                _trouble = reason;
                await postgres.RestartAsync(stopping);
                logger.ServerRestarted(postgres.Server);
            }

            _trouble = null;
            return true;
        }
        catch (QLearningException error)
        {
            _trouble = error.Message.ReplaceLineEndings(" ");
            logger.ServerNotRestarted(nextPause, _trouble);
            return false;
        }
    }
}
