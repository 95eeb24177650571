using QLearning.Abstractions;
using QLearning.Http.Bodies;

namespace QLearning.Http.QTables;

/// <summary>An action in an answer.</summary>
/// <param name="Key">Its key; sent back as a string it names the same action.</param>
/// <param name="Json">Its description.</param>
internal sealed record ActionAnswer(string Key, RawJson? Json)
{
    public static ActionAnswer Of(AgentAction action) => new(action.Key.ToString(), RawJson.OrNull(action.Json));
}

/// <summary>The best action of a state.</summary>
/// <param name="Action">The action.</param>
/// <param name="QValue">Its Q-value.</param>
/// <param name="Confidence">Its confidence score, 0 to 1.</param>
/// <param name="VisitCount">How often it has been learned.</param>
internal sealed record BestActionAnswer(ActionAnswer Action, double QValue, double Confidence, int VisitCount)
{
    public static BestActionAnswer? OrNull(BestAction? best) => best is null
        ? null
        : new(new ActionAnswer(best.Key.ToString(), new RawJson(best.Json)), best.QValue, best.Confidence, best.VisitCount);
}

/// <summary>A state's best action, if anything was learned in it.</summary>
/// <param name="State">The state's key.</param>
/// <param name="Best">Null when nothing was learned in this state.</param>
internal sealed record StateBestAction(string State, BestActionAnswer? Best);

/// <summary>What an update did.</summary>
/// <param name="QValue">The Q-value after it.</param>
/// <param name="VisitCount">How often this state and action have been learned, this update included.</param>
/// <param name="TdError">The temporal-difference error: target − old Q-value; 0 when it had been learned before.</param>
internal sealed record LearnAnswer(double QValue, int VisitCount, double TdError)
{
    public static LearnAnswer Of(LearnResult result) => new(result.QValue, result.VisitCount, result.TdError);
}
