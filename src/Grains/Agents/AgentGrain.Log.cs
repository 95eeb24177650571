using Microsoft.Extensions.Logging;

namespace QLearning.Grains.Agents;

internal static partial class AgentGrainLog
{
    [LoggerMessage(
        1101, LogLevel.Error, "Deactivation of agent '{Agent}' loses the ended episode {Episode}, which PostgreSQL does not have")]
    public static partial void EpisodeLost(this ILogger logger, Exception error, string agent, Guid episode);

    [LoggerMessage(1102, LogLevel.Warning, "The status of agent '{Agent}' could not be stored; the next change stores it")]
    public static partial void StatusNotStored(this ILogger logger, Exception error, string agent);

    [LoggerMessage(1103, LogLevel.Information, "Agent '{Agent}' dropped the episode {Episode} after {Steps} steps: {Reason}")]
    public static partial void EpisodeDropped(this ILogger logger, string agent, Guid episode, int steps, string reason);

    [LoggerMessage(1104, LogLevel.Warning, "The row of agent '{Agent}' has a setting that is not used: {Problem}")]
    public static partial void SettingsUnusable(this ILogger logger, string agent, string problem);

    [LoggerMessage(
        1105,
        LogLevel.Warning,
        "A step of agent '{Agent}' that was acknowledged by an owner which was lost is refused now, and does not count")]
    public static partial void StepRefused(this ILogger logger, Exception error, string agent);
}
