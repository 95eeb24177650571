namespace QLearning.Learning.Rules;

/// <summary>
/// On-policy TD control: Q(S′, A′) of the action taken next (Sutton &amp; Barto, equation 6.7; Rummery and Niranjan 1994).
/// </summary>
internal sealed class SarsaRule : ILearningRule
{
    public string? Lacks(Transition transition) => transition.Done || transition.NextAction is not null
        ? null
        : "it has no next action, which SARSA learns from";

    public double NextValue(QTable table, StateKey nextState, Transition transition) =>
        table.TryGet(nextState, transition.NextAction!.Value.Key, out var entry) ? entry.QValue : 0;
}
