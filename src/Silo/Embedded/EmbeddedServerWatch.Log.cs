using Microsoft.Extensions.Logging;
using QLearning.Postgres;

namespace QLearning.Silo.Embedded;

internal static partial class EmbeddedServerWatchLog
{
    [LoggerMessage(4002, LogLevel.Warning, "PostgreSQL died and is started again: {Reason}")]
    public static partial void ServerDied(this ILogger logger, string reason);

    [LoggerMessage(4003, LogLevel.Information, "PostgreSQL runs again: {Server}")]
    public static partial void ServerRestarted(this ILogger logger, EmbeddedConnection server);

    [LoggerMessage(4004, LogLevel.Error, "PostgreSQL could not be started again; the next try is in {Pause}: {Reason}")]
    public static partial void ServerNotRestarted(this ILogger logger, TimeSpan pause, string reason);
}
