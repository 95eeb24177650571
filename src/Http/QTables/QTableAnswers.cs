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

/// <summary>What is known of an action in a state.</summary>
/// <param name="Action">The action.</param>
/// <param name="QValue">Its expected discounted return.</param>
/// <param name="VisitCount">How often it has been learned.</param>
/// <param name="Confidence">0 to 1; rises by 0.01 at each update.</param>
/// <param name="Uncertainty">0 to 1; falls by 0.01 at each update.</param>
internal sealed record QValueAnswer(ActionAnswer Action, double QValue, int VisitCount, double Confidence, double Uncertainty)
{
    public static QValueAnswer Of(QValue value) => new(
        new ActionAnswer(value.Action.ToString(), new RawJson(value.ActionJson)),
        value.Value,
        value.VisitCount,
        value.Confidence,
        value.Uncertainty);
}

/// <summary>What is known of a state.</summary>
/// <param name="State">The state's key.</param>
/// <param name="QValues">Highest first; empty when nothing was learned in it.</param>
internal sealed record StateQValuesAnswer(string State, IReadOnlyList<QValueAnswer> QValues)
{
    public static StateQValuesAnswer Of(StateKey state, QValue[] values) => new(state.ToString(), [.. values.Select(QValueAnswer.Of)]);
}

/// <summary>The best action of each state, in the order asked.</summary>
/// <param name="States">The states.</param>
internal sealed record BestActionsAnswer(IReadOnlyList<StateBestAction> States);

/// <summary>What is known of each state, in the order asked.</summary>
/// <param name="States">The states.</param>
internal sealed record ManyQValuesAnswer(IReadOnlyList<StateQValuesAnswer> States);

/// <summary>What each update did, in the order sent.</summary>
/// <param name="Results">The updates.</param>
internal sealed record LearnManyAnswer(IReadOnlyList<LearnAnswer> Results)
{
    public static LearnManyAnswer Of(LearnResult[] results) => new([.. results.Select(LearnAnswer.Of)]);
}

/// <summary>A chosen action.</summary>
/// <param name="Action">The action.</param>
/// <param name="QValue">Its Q-value, 0 when it was never learned.</param>
/// <param name="Explored">Whether it is not one of those with the highest Q-value.</param>
/// <param name="Propensity">The probability with which the policy chooses it in this state.</param>
internal sealed record SelectedAnswer(ActionAnswer Action, double QValue, bool Explored, double Propensity)
{
    public static SelectedAnswer Of(SelectedAction selected) =>
        new(ActionAnswer.Of(selected.Action), selected.QValue, selected.Explored, selected.Propensity);
}

/// <summary>How many Q-values were forgotten, or would be.</summary>
/// <param name="QValues">How many.</param>
internal sealed record ForgottenAnswer(long QValues);

/// <summary>A stored Q-value.</summary>
/// <param name="State">The state's key.</param>
/// <param name="StateJson">The state's description.</param>
/// <param name="Value">The action with what is known of it.</param>
internal sealed record ListedQValueAnswer(string State, RawJson StateJson, QValueAnswer Value);

/// <summary>Some stored Q-values.</summary>
/// <param name="QValues">In the order asked for.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record QValuePageAnswer(IReadOnlyList<ListedQValueAnswer> QValues, string? Next);

/// <summary>A stored state.</summary>
/// <param name="State">Its key.</param>
/// <param name="StateJson">Its description.</param>
/// <param name="Actions">How many actions were learned in it.</param>
/// <param name="Visits">How often they were learned in all.</param>
/// <param name="BestAction">The action with the highest Q-value.</param>
/// <param name="BestQValue">That Q-value, to 6 decimals.</param>
internal sealed record ListedStateAnswer(
    string State, RawJson StateJson, long Actions, long Visits, ActionAnswer BestAction, double BestQValue);

/// <summary>Some stored states.</summary>
/// <param name="States">In the order asked for.</param>
/// <param name="Next">The cursor of the next page; null when this is the last.</param>
internal sealed record StatePageAnswer(IReadOnlyList<ListedStateAnswer> States, string? Next);
