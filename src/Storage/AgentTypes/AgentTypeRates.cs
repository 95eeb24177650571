using System.Globalization;
using QLearning.Abstractions;

namespace QLearning.Storage.AgentTypes;

/// <summary>Finds rates of a row of <c>agent_types</c> that its columns take and learning cannot use.</summary>
internal static class AgentTypeRates
{
    /// <summary>Which rate is out of its range and what is allowed; null: none is.</summary>
    public static string? Problem(AgentTypeInfo type) => type switch
    {
        { LearningRate: not (> 0 and <= 1) } => Problem("learning_rate", type.LearningRate, "above 0 up to 1"),
        { DiscountFactor: not (>= 0 and <= 1) } => Problem("discount_factor", type.DiscountFactor, "0 to 1"),
        { ExplorationRate: not (>= 0 and <= 1) } => Problem("exploration_rate", type.ExplorationRate, "0 to 1"),
        { MinExplorationRate: not >= 0 } => Problem("min_exploration_rate", type.MinExplorationRate, "0 to exploration_rate"),
        _ when type.MinExplorationRate > type.ExplorationRate =>
            Problem("min_exploration_rate", type.MinExplorationRate, $"0 to exploration_rate ({Text(type.ExplorationRate)})"),
        { ExplorationDecay: not (>= 0 and <= 1) } => Problem("exploration_decay", type.ExplorationDecay, "0 to 1"),
        _ => null,
    };

    private static string Problem(string column, double value, string allowed) => $"{column} is {Text(value)}. Allowed: {allowed}.";

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
