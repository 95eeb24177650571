using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Membership;

internal static partial class DeadSilosLog
{
    [LoggerMessage(4005, LogLevel.Information, "Silos of this machine that were killed are declared dead: {Silos}")]
    public static partial void DeclaredDead(this ILogger logger, string silos);
}
