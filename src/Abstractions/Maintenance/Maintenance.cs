namespace QLearning.Abstractions;

/// <summary>What is done regularly for the whole cluster.</summary>
public enum MaintenanceJob
{
    /// <summary>Deletes what has expired.</summary>
    CleanUp = 0,

    /// <summary>Refreshes the materialized views.</summary>
    RefreshViews = 1,
}

/// <summary>Rows that were deleted, or would be.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">How many.</param>
[GenerateSerializer, Immutable]
[Alias("QLearning.DeletedRows")]
public sealed record DeletedRows([property: Id(0)] string Table, [property: Id(1)] long Rows);

/// <summary>One run of a job.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.JobRun")]
public sealed record JobRun
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required MaintenanceJob Job { get; init; }

    /// <summary>When it began.</summary>
    [Id(1)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    [Id(2)]
    public TimeSpan Duration { get; init; }

    /// <summary>What it deleted; empty for a refresh.</summary>
    [Id(3)]
    public IReadOnlyList<DeletedRows> Deleted { get; init; } = [];

    /// <summary>Why it failed; null: it did not.</summary>
    [Id(4)]
    public string? Error { get; init; }
}

/// <summary>What was done last, and what is being done.</summary>
[GenerateSerializer, Immutable]
[Alias("QLearning.MaintenanceStatus")]
public sealed record MaintenanceStatus
{
    /// <summary>The last clean-up that ended.</summary>
    [Id(0)]
    public JobRun? CleanUp { get; init; }

    /// <summary>The last refresh that ended.</summary>
    [Id(1)]
    public JobRun? RefreshViews { get; init; }

    /// <summary>The jobs that are running.</summary>
    [Id(2)]
    public IReadOnlyList<MaintenanceJob> Running { get; init; } = [];

    /// <summary>How often either job has run.</summary>
    [Id(3)]
    public long Runs { get; init; }
}
