using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Client.Telemetry;

/// <summary>
/// The spans of a client. A call that is traced takes its span along in its message, where silos that trace find it; one that is not
/// costs a look at whether anybody listens. Orleans' own call filter would cost each call of a client, traced or not.
/// </summary>
internal static class ClientSpans
{
    private const string CallName = "call";
    private const string MergedName = "merged calls";
    private const int MostLinks = 32;

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => QLearningTelemetry.Source.HasListeners();

    /// <summary>Makes a call inside a span.</summary>
    /// <param name="what">What it does, perhaps with names in quotes.</param>
    /// <param name="call">The call.</param>
    public static async Task<T> AroundAsync<T>(string what, Func<Task<T>> call)
    {
        using var span = QLearningTelemetry.Source.StartActivity(CallName, ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            // Few names, whatever agents and sessions there are.
            var quote = what.IndexOf('\'', StringComparison.Ordinal);
            span.DisplayName = quote < 0 ? what : what[..quote].TrimEnd();
            span.SetTag("qlearning.call", what);
        }

        if (span is { Recorded: true })
        {
            RequestContext.Set(QLearningTelemetry.TraceParent, span.Id!);
            if (span.TraceStateString is { } state)
            {
                RequestContext.Set(QLearningTelemetry.TraceState, state);
            }
        }

        try
        {
            return await call();
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }

    /// <summary>
    /// Makes one call for several callers, in the trace of the first that is traced and with links to all; it does not belong to whoever
    /// happens to run now.
    /// </summary>
    /// <param name="callers">The callers.</param>
    /// <param name="call">The call.</param>
    public static async Task<T> AroundManyAsync<T>(IEnumerable<ActivityContext> callers, Func<Task<T>> call)
    {
        ActivityLink[] links = [.. callers.Where(IsTraced).Distinct().Take(MostLinks).Select(caller => new ActivityLink(caller))];
        Activity.Current = null;
        using var span = links.Length == 0
            ? null
            : QLearningTelemetry.Source.StartActivity(
                ActivityKind.Internal, links[0].Context, tags: null, links, name: MergedName);
        return await call();
    }

    private static bool IsTraced(ActivityContext caller) => (caller.TraceFlags & ActivityTraceFlags.Recorded) != 0;
}
