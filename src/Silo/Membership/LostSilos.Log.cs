using Microsoft.Extensions.Logging;

namespace QLearning.Silo.Membership;

internal static partial class LostSilosLog
{
    [LoggerMessage(
        4007, LogLevel.Warning, "The silo {Silo} was lost: it was declared dead without having stopped; its grains start anew on others")]
    public static partial void SiloLost(this ILogger logger, SiloAddress silo);
}
