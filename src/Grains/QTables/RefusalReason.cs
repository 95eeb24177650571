using QLearning.Abstractions;

namespace QLearning.Grains.QTables;

/// <summary>Why updates were refused, as the metric tells it.</summary>
internal enum RefusalReason
{
    /// <summary>Something in them is not allowed.</summary>
    Invalid,

    /// <summary>PostgreSQL is behind by too much.</summary>
    BacklogFull,

    /// <summary>They name a session that is not there.</summary>
    UnknownSession,

    /// <summary>Another partition owns a state.</summary>
    OtherPartition,

    /// <summary>A newer owner has the rows, or soon will.</summary>
    Fenced,
}

/// <summary>Tells reasons by errors.</summary>
internal static class RefusalReasons
{
    /// <summary>The values of the tag <c>reason</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["invalid", "backlog_full", "unknown_session", "other_partition", "fenced"];

    /// <summary>The reason that an error is.</summary>
    public static RefusalReason Of(QLearningException error) => error switch
    {
        WriteBacklogFullException => RefusalReason.BacklogFull,
        UnknownSessionException => RefusalReason.UnknownSession,
        NotOwnerException => RefusalReason.OtherPartition,
        FencedException => RefusalReason.Fenced,
        _ => RefusalReason.Invalid,
    };
}
