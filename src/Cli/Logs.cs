using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace QLearning.Cli;

/// <summary>What the command line logs, and where.</summary>
internal static class Logs
{
    /// <summary>For a server: our own events and everybody's warnings, one line each, to standard error.</summary>
    public static void ToStandardError(ILoggingBuilder logging)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        Filter(logging
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>()
            .AddConsole(console => console.FormatterName = LineFormatter.FormatterName));
    }

    /// <summary>As <see cref="ToStandardError"/>, each event as a JSON object with all that is known of it.</summary>
    public static void JsonToStandardError(ILoggingBuilder logging) => Filter(logging.AddJsonConsole(console =>
        (console.IncludeScopes, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ", true)));

    /// <summary>For short-lived clusters of other commands: errors only.</summary>
    public static void ErrorsToStandardError(ILoggingBuilder logging)
    {
        ToStandardError(logging);
        logging.SetMinimumLevel(LogLevel.Error).AddFilter("QLearning", LogLevel.Error).AddFilter("Orleans", LogLevel.Error);
    }

    private static void Filter(ILoggingBuilder logging) => logging
        .AddFilter("QLearning", LogLevel.Information)
        .AddFilter("Orleans", LogLevel.Warning)
        // At each start it measures the time since the machine's start and takes that for a stall.
        .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
        // A line for each probe and connection that fails; a silo that is lost is warned of once (event 4007).
        .AddFilter("Orleans.Runtime.MembershipService.SiloHealthMonitor", LogLevel.Error)
        .AddFilter("Orleans.Runtime.Messaging.Connection", LogLevel.Error)
        // What was about to be asked of it, told to it or taken over from it.
        .AddFilter("Orleans.Runtime.Metadata.ClusterManifestProvider", LogLevel.Error)
        .AddFilter("Orleans.Runtime.GrainDirectory.GrainDirectoryHandoffManager", LogLevel.Error)
        .AddFilter("Orleans.Runtime.GrainDirectory.ClientDirectory", LogLevel.Critical)
        // A line for each handshake that fails; who was refused, and why, is warned of once a minute (event 3004).
        .AddFilter("Orleans.Connections.Security", LogLevel.Error)
        // Calls to a lost silo: each caller is told, and repeats them. That they cannot be cancelled there any more is no news either.
        .AddFilter("Orleans.Runtime.CallbackData", LogLevel.Error)
        .AddFilter("Orleans.Runtime.GrainCallCancellationManager", LogLevel.Critical)
        // A line each time that somebody asks /ready, of what was logged when it happened.
        .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("ModelContextProtocol", LogLevel.Warning)
        .AddFilter("Polly", LogLevel.Warning)
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
