using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Configuration;

internal static partial class ConfigurationNamesLog
{
    [LoggerMessage(4006, LogLevel.Warning, "Nothing reads the configuration '{Path}'. {Advice}")]
    public static partial void UnknownName(this ILogger logger, string path, string advice);
}
