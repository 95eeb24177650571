using System.ComponentModel;
using QLearning.Abstractions;

namespace QLearning.Mcp.Tools;

/// <summary>How an outcome leaves an episode.</summary>
internal enum Ending
{
    /// <summary>It goes on.</summary>
    Continues,

    /// <summary>The task is over.</summary>
    Done,

    /// <summary>A limit, of steps or of time, cut it.</summary>
    Truncated,
}

/// <summary>What to do now.</summary>
internal sealed record ChosenAction(
    [property: Description("Do this, and then report what came of it with qlearning_record_outcome.")] string Action,
    [property: Description(TextValue.DescriptionHelp)] string? Description,
    [property: Description("Send it with the outcome, and with the choices of later steps.")] string Episode,
    [property: Description("Send it with the outcome.")] int Step,
    [property: Description("What the action is expected to bring; 0 when it was never tried.")] double QValue,
    [property: Description("Whether it was chosen to find something out rather than as the best known.")] bool Explored,
    [property: Description("The probability with which it was chosen, 0 to 1.")] double Propensity,
    [property: Description("The agent's exploration rate, 0 to 1; falls with each episode.")] double ExplorationRate,
    [property: Description("The action chosen before for this step, of which nothing is learned any more; null: none.")]
    string? Replaced);

/// <summary>What was learned from an outcome.</summary>
internal sealed record RecordedOutcome(
    [property: Description("The action's Q-value after it; null: learned with the next choice (SARSA) or before.")] double? QValue,
    [property: Description("How often this action was learned in this state.")] int? VisitCount,
    [property: Description("How far the outcome was from what was expected.")] double? Surprise,
    [property: Description("The step to choose an action for next; null: begin a new episode.")] int? NextStep,
    [property: Description("The sum of the episode's rewards, once it ended.")] double? TotalReward,
    [property: Description("What else to know; null: nothing.")] string? Note);

/// <summary>The best action known.</summary>
internal sealed record BestKnown(
    [property: Description("Null: nothing was learned in this state.")] string? Action,
    [property: Description(TextValue.DescriptionHelp)] string? Description,
    double? QValue,
    [property: Description("0 to 1; rises with each outcome.")] double? Confidence,
    int? VisitCount);

/// <summary>What is known of one action in a state.</summary>
internal sealed record ActionValue(
    string Action,
    [property: Description(TextValue.DescriptionHelp)] string? Description,
    double QValue,
    int VisitCount,
    double Confidence,
    double Uncertainty);

/// <summary>What is known of a state.</summary>
internal sealed record KnownValues(
    [property: Description("Highest first; empty: nothing was learned in this state.")] IReadOnlyList<ActionValue> Actions);

/// <summary>A pattern.</summary>
internal sealed record PatternAnswer(
    [property: Description("Send it in 'patternsUsed' of an outcome when you used it.")] string Id,
    string Name,
    int Version,
    string Type,
    string? Category,
    [property: Description("The pattern itself: JSON.")] string Data,
    [property: Description("JSON of when it applies; null: always.")] string? TriggerConditions,
    [property: Description("A lower bound of its success rate, 0 to 1; 0.5 before its first use; null: SQL stored NaN.")]
    double? Confidence,
    int UsageCount,
    double? AverageReward,
    [property: Description("How like its name is to the one asked for, 0 to 1.")] double? Similarity)
{
    public static PatternAnswer Of(Pattern pattern, double? similarity = null) => new(
        pattern.Id.ToString(), pattern.Name, pattern.Version, pattern.Type, pattern.Category, pattern.DataJson,
        pattern.TriggerConditionsJson, pattern.Confidence, pattern.UsageCount, pattern.AverageReward, similarity);
}

/// <summary>Patterns that were found.</summary>
internal sealed record FoundPatterns([property: Description("The best first.")] IReadOnlyList<PatternAnswer> Patterns);

/// <summary>One agent.</summary>
internal sealed record AgentAnswer(
    string Agent, AgentStatus Status, double ExplorationRate, double LearningRate, int Episodes, int Succeeded, int Failed,
    double? AverageReward, string? Error,
    [property: Description("Which of its settings is not used, and what is allowed or was perhaps meant; null: none.")]
    string? SettingsError,
    DateTimeOffset LastActivity)
{
    public static AgentAnswer Of(AgentInfo agent) => new(
        agent.Instance, agent.Status, agent.ExplorationRate, agent.LearningRate, agent.TotalTasks, agent.SuccessfulTasks,
        agent.FailedTasks, agent.AverageReward, agent.Error, agent.SettingsError, agent.LastActivity);
}

/// <summary>One agent type.</summary>
internal sealed record AgentTypeAnswer(
    string AgentType, string DisplayName, string? Description, bool IsActive,
    [property: Description("Which of its settings cannot be used, and what is allowed; null: all can.")] string? SettingsError);

/// <summary>Who is there.</summary>
internal sealed record StatusAnswer(
    [property: Description("The agent types asked for.")] IReadOnlyList<AgentTypeAnswer> AgentTypes,
    [property: Description("The agents asked for; empty when no agent type was named.")] IReadOnlyList<AgentAnswer> Agents,
    [property: Description("True: there are more agents; name one to see it.")] bool HasMore);
