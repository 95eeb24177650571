using Microsoft.Extensions.Logging;

namespace QLearning.Postgres;

public sealed partial class EmbeddedPostgres
{
    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Major} makes its data folder {DataFolder}")]
        public static partial void Initializing(ILogger logger, int major, string dataFolder);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL started: {Server}")]
        public static partial void Started(ILogger logger, EmbeddedConnection server);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL runs already and is shared: {Server}")]
        public static partial void Joined(ILogger logger, EmbeddedConnection server);

        [LoggerMessage(Level = LogLevel.Warning,
            Message = "PostgreSQL was started with fsync off by another process, so a crash of the machine can lose what it acknowledged: {Server}")]
        public static partial void JoinedWithoutFsync(ILogger logger, EmbeddedConnection server);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL stopped: {Server}")]
        public static partial void Stopped(ILogger logger, EmbeddedConnection server);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL goes on for other processes: {Server}")]
        public static partial void LeftRunning(ILogger logger, EmbeddedConnection server);
    }
}
