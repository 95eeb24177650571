namespace QLearning.Bench.Chaos.Roads;

/// <summary>One way on which updates reach PostgreSQL, with agent types of its own: callers that use it until they are stopped.</summary>
internal interface IRoad
{
    /// <summary>The agent types that it uses, with their settings as <c>agent_types.metadata</c> has them.</summary>
    IReadOnlyList<(string AgentType, string Settings)> AgentTypes { get; }

    /// <summary>Uses it, and returns when all of its calls have ended.</summary>
    /// <param name="scene">What it works with.</param>
    /// <param name="stopping">No call begins after this.</param>
    Task RunAsync(RoadScene scene, CancellationToken stopping);
}
