using Microsoft.Extensions.Logging;

namespace QLearning.Client.Configuration;

internal static partial class ConfigurationNamesLog
{
    [LoggerMessage(4002, LogLevel.Warning, "Nothing reads the configuration '{Path}'. {Advice}")]
    public static partial void UnknownName(this ILogger logger, string path, string advice);
}
