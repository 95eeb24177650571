using Microsoft.Extensions.Logging;

namespace QLearning.Postgres;

internal static partial class EmbeddedPostgresLog
{
    [LoggerMessage(5001, LogLevel.Information, "PostgreSQL {Major} makes its data folder {DataFolder}")]
    public static partial void ServerInitializing(this ILogger logger, int major, string dataFolder);

    [LoggerMessage(5002, LogLevel.Information, "PostgreSQL started: {Server}")]
    public static partial void ServerStarted(this ILogger logger, EmbeddedConnection server);

    [LoggerMessage(5003, LogLevel.Information, "PostgreSQL runs already and is shared: {Server}")]
    public static partial void ServerJoined(this ILogger logger, EmbeddedConnection server);

    [LoggerMessage(5004, LogLevel.Warning,
        "PostgreSQL was started with fsync off by another process, so a crash of the machine can lose what it acknowledged: {Server}")]
    public static partial void ServerJoinedWithoutFsync(this ILogger logger, EmbeddedConnection server);

    [LoggerMessage(5005, LogLevel.Information, "PostgreSQL stopped: {Server}")]
    public static partial void ServerStopped(this ILogger logger, EmbeddedConnection server);

    [LoggerMessage(5006, LogLevel.Information, "PostgreSQL goes on for other processes: {Server}")]
    public static partial void ServerLeftRunning(this ILogger logger, EmbeddedConnection server);
}
