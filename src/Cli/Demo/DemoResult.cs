using QLearning.Storage.Checks;

namespace QLearning.Cli.Demo;

/// <summary>What the demo found for one agent type.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="Updates">Updates the agents made.</param>
/// <param name="States">States they learned in.</param>
/// <param name="SameBest">States whose best action after the restart is the one from before.</param>
/// <param name="QValues">Q-values they learned.</param>
/// <param name="SameVisits">Q-values whose visit count after the restart is the one from before.</param>
/// <param name="Visits">The sum of the visit counts in PostgreSQL after the restart.</param>
/// <param name="Episodes">Episodes the agents ended.</param>
/// <param name="SessionTasks">Episodes their session counts after the restart.</param>
/// <param name="AgentTasks">Episodes the agents' statistics count after the restart.</param>
/// <param name="PatternUses">Uses of patterns counted after the restart; each episode used one.</param>
internal sealed record DemoTypeResult(
    string AgentType,
    long Updates,
    int States,
    int SameBest,
    int QValues,
    int SameVisits,
    long Visits,
    long Episodes,
    long SessionTasks,
    long AgentTasks,
    long PatternUses)
{
    /// <summary>True when nothing was lost and nothing was counted twice.</summary>
    public bool IsRemembered => SameBest == States && SameVisits == QValues && Visits == Updates
        && CountsEpisodes;

    /// <summary>True when session, agents and patterns count the episodes that there were.</summary>
    public bool CountsEpisodes => (SessionTasks, AgentTasks, PatternUses) == (Episodes, Episodes, Episodes);
}

/// <summary>A moment of the demo.</summary>
/// <param name="Seconds">How long the agents had learned.</param>
/// <param name="BestShare">How often they had chosen the best action since the moment before, 0 to 1.</param>
internal sealed record DemoPoint(double Seconds, double BestShare);

/// <summary>What the demo found.</summary>
/// <param name="AgentTypes">By agent type.</param>
/// <param name="Curve">How often the agents chose the best action, as time went on.</param>
/// <param name="Seconds">How long the agents learned.</param>
/// <param name="Checks">What <c>qlearn db check</c> finds in the database.</param>
internal sealed record DemoResult(
    IReadOnlyList<DemoTypeResult> AgentTypes, IReadOnlyList<DemoPoint> Curve, double Seconds, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>True when all of it was remembered.</summary>
    public bool IsRemembered => AgentTypes.All(type => type.IsRemembered);

    /// <summary>True when all tables and views agree with each other.</summary>
    public bool IsConsistent => Checks.All(check => check.Violations == 0);
}
