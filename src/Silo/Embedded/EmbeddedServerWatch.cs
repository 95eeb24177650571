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

    /// <summary>
    /// Looks each second. A server that is dead is started at once; one that does not start, or that dies again within half a minute, is
    /// started again after 2, 4, 8, 16 and then each 30 seconds.
    /// </summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var postgres = database.Embedded!;
        var pause = _interval;
        var triedAt = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(_interval, time, stoppingToken);
            if (IsDead(postgres))
            {
                await Task.Delay(pause - _interval, time, stoppingToken);
                pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
                await StartAsync(postgres, pause, stoppingToken);
                triedAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(triedAt) >= _longestPause)
            {
                pause = _interval;
            }
        }
    }

    private bool IsDead(EmbeddedPostgres postgres)
    {
        try
        {
            var reason = postgres.FindDeath();
            if (reason is not null && _trouble is null)
            {
                logger.ServerDied(reason);
            }

            // Why it could not be started says more than that it is gone.
            _trouble = reason is null ? null : _trouble ?? reason;
            return reason is not null;
        }
        catch (QLearningException error)
        {
            _trouble = Line(error);
            return true;
        }
    }

    private async Task StartAsync(EmbeddedPostgres postgres, TimeSpan nextPause, CancellationToken stopping)
    {
        try
        {
            await postgres.RestartAsync(stopping);
            logger.ServerRestarted(postgres.Server);
            _trouble = null;
        }
        catch (QLearningException error)
        {
            _trouble = Line(error);
            logger.ServerNotRestarted(nextPause, _trouble);
        }
    }

    private static string Line(QLearningException error) => error.Message.ReplaceLineEndings(" ");
}
