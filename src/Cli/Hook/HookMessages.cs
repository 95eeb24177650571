using System.Text.Json;
using QLearning.Cli.Reports;

namespace QLearning.Cli.Hook;

/// <summary>What <c>hook choose</c> reads. States and actions: a text is a key, any other JSON describes one.</summary>
internal sealed record Situation
{
    public const string DefaultAgent = "hook";

    /// <summary>The agent type.</summary>
    public required string AgentType { get; init; }

    /// <summary>The agent's name.</summary>
    public string Agent { get; init; } = DefaultAgent;

    /// <summary>The state to act in.</summary>
    public required JsonElement State { get; init; }

    /// <summary>What can be done; left out: the actions learned in the state.</summary>
    public IReadOnlyList<JsonElement> Candidates { get; init; } = [];

    /// <summary>The task of a new episode.</summary>
    public string? Task { get; init; }

    /// <summary>The episode to go on with; left out: a new one.</summary>
    public Guid? Episode { get; init; }

    /// <summary>The step of that episode.</summary>
    public int Step { get; init; }

    /// <summary>The seed of this choice.</summary>
    public int? Seed { get; init; }
}

/// <summary>What <c>hook choose</c> prints and <c>hook outcome</c> reads.</summary>
internal sealed record Choice
{
    public required string AgentType { get; init; }

    public required string Agent { get; init; }

    public required Guid Episode { get; init; }

    public required int Step { get; init; }

    public required JsonElement State { get; init; }

    /// <summary>What to do.</summary>
    public required JsonElement Action { get; init; }

    /// <summary>What the action is, where it has a key that does not say it; null: there is no more to it.</summary>
    public JsonElement? Description { get; init; }

    public double QValue { get; init; }

    public bool Explored { get; init; }

    public double Propensity { get; init; }

    public double ExplorationRate { get; init; }

    /// <summary>The action chosen before for this step, of which nothing is learned; null: none.</summary>
    public JsonElement? Replaced { get; init; }

    /// <summary>The state that followed, put in by a caller whose episode goes on; null: the task is over.</summary>
    public JsonElement? NextState { get; init; }

    /// <summary>
    /// Put in as true by a caller whose episode a limit, of steps or of time, cut: it ends, and <see cref="NextState"/>, which is needed
    /// then, counts with its value.
    /// </summary>
    public bool Truncated { get; init; }
}

/// <summary>What <c>hook outcome</c> prints.</summary>
/// <param name="Reward">−1 to 1, computed from what happened.</param>
/// <param name="Succeeded">Whether the task succeeded.</param>
/// <param name="Tests">What its test report counts; null: there was none.</param>
/// <param name="QValue">The action's Q-value after it; null: SARSA learns it with the next choice.</param>
/// <param name="VisitCount">How often the action was learned in its state.</param>
/// <param name="Episode">The episode.</param>
/// <param name="NextStep">The step to choose for next; null: the episode is over.</param>
internal sealed record Learned(
    double Reward, bool Succeeded, ReportCounts? Tests, double? QValue, int? VisitCount, Guid Episode, int? NextStep);
