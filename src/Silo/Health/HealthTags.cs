namespace QLearning.Silo.Health;

/// <summary>The tags that sort a silo's health checks into the questions of an orchestrator.</summary>
public static class HealthTags
{
    /// <summary>
    /// Is the process worth keeping? A check with this tag must not look at the database: an outage would make the orchestrator kill silos
    /// that hold what PostgreSQL does not have yet.
    /// </summary>
    public const string Live = "live";

    /// <summary>Should callers be sent here now? While PostgreSQL is away they should: silos answer from memory.</summary>
    public const string Serving = "serving";

    /// <summary>Is all as it should be, PostgreSQL included?</summary>
    public const string Ready = "ready";
}
