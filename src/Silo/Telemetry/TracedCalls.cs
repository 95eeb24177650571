using System.Diagnostics;
using QLearning.Abstractions;

namespace QLearning.Silo.Telemetry;

/// <summary>
/// Goes on in a grain with the trace that its caller has put into the message, and puts it into the messages that the grain sends. Of the
/// calls without one, which are nearly all, it makes nothing: Orleans' own filters make an activity for each (docs/performance.md).
/// </summary>
internal sealed class TracedCalls : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context) =>
        RequestContext.Get(QLearningTelemetry.TraceParent) is string parent
        && QLearningTelemetry.Source.HasListeners()
        && ActivityContext.TryParse(
            parent, RequestContext.Get(QLearningTelemetry.TraceState) as string, isRemote: true, out var caller)
            ? TraceAsync(context, caller)
            : context.Invoke();

    private static async Task TraceAsync(IIncomingGrainCallContext context, ActivityContext caller)
    {
        var name = $"{context.InterfaceName[(context.InterfaceName.LastIndexOf('.') + 1)..]}/{context.MethodName}";
        using var span = QLearningTelemetry.Source.StartActivity(ActivityKind.Server, caller, name: name);
        if (span is { Recorded: true })
        {
            span.SetTag("qlearning.grain", context.TargetId.ToString());
            RequestContext.Set(QLearningTelemetry.TraceParent, span.Id!);
        }

        try
        {
            await context.Invoke();
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }
}
