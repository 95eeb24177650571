using Microsoft.Extensions.Logging;

namespace QLearning.Grains.QTables;

internal static partial class AgentTypeGrainLog
{
    [LoggerMessage(1001, LogLevel.Information,
        "Loaded agent type '{Owner}' at epoch {Epoch}: {States} states, {QValues} Q-values, whole: {IsWhole}, in {Elapsed}")]
    public static partial void Loaded(
        this ILogger logger, string owner, long epoch, int states, int qValues, bool isWhole, TimeSpan elapsed);

    [LoggerMessage(1002, LogLevel.Warning, "Activation of '{Owner}' lost its rows to a newer one and deactivates")]
    public static partial void Fenced(this ILogger logger, string owner);

    [LoggerMessage(1003, LogLevel.Error, "Deactivation of '{Owner}' ({Reason}) loses {Count} changes that PostgreSQL does not have")]
    public static partial void Lost(this ILogger logger, Exception error, string owner, string reason, int count);

    [LoggerMessage(1004, LogLevel.Error, "Flush of '{Owner}' failed unexpectedly")]
    public static partial void FlushFailed(this ILogger logger, Exception error, string owner);

    [LoggerMessage(
        1006, LogLevel.Error, "PostgreSQL refuses {Count} Q-values of '{Owner}': they stay in memory and are not stored; the others are")]
    public static partial void Refused(this ILogger logger, Exception error, string owner, int count);

    [LoggerMessage(1005, LogLevel.Warning, "The settings of '{AgentType}' in agent_types are not allowed; those from before stay")]
    public static partial void SettingsRefused(this ILogger logger, Exception error, string agentType);

    [LoggerMessage(1007, LogLevel.Information, "'{Owner}' released its rows: its Q-table of {Before} partitions now has {Count}")]
    public static partial void Released(this ILogger logger, string owner, int before, int count);

    [LoggerMessage(1008, LogLevel.Warning, "'{Owner}' did not release its rows before its Q-table was divided into {Count} partitions")]
    public static partial void NotReleased(this ILogger logger, Exception error, string owner, int count);

    [LoggerMessage(1010, LogLevel.Warning, "The settings of '{AgentType}' in agent_types have a doubtful name: {Warning}")]
    public static partial void SettingsDoubtful(this ILogger logger, string agentType, string warning);

    [LoggerMessage(1011, LogLevel.Error, "'{Owner}' could not forget all of its Q-values; some of them may be gone")]
    public static partial void ResetFailed(this ILogger logger, Exception error, string owner);
}
