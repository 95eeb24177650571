using System.Diagnostics;

namespace QLearning.Abstractions;

/// <summary>The names by which metrics and traces of clients and silos are asked for.</summary>
public static class QLearningTelemetry
{
    /// <summary>The name of the one meter and of the one activity source.</summary>
    public const string Name = "QLearning";

    /// <summary>The key of a message's request context that has the span of its caller, as Orleans' own propagation reads it.</summary>
    internal const string TraceParent = "traceparent";

    /// <summary>As <see cref="TraceParent"/>, for the state of the trace.</summary>
    internal const string TraceState = "tracestate";

    /// <summary>Where spans begin. Without a listener it makes none.</summary>
    public static ActivitySource Source { get; } = new(Name);
}
