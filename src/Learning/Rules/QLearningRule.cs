namespace QLearning.Learning.Rules;

/// <summary>Off-policy TD control: max over a of Q(S′, a) (Sutton &amp; Barto, equation 6.8; Watkins 1989).</summary>
internal sealed class QLearningRule : ILearningRule
{
    private readonly NextActionValues _values = new();

    public string? Lacks(Transition transition) => null;

    public double NextValue(QTable table, StateKey nextState, Transition transition)
    {
        _values.Collect(table, nextState, transition.NextActions);
        var max = double.NegativeInfinity;
        foreach (var value in _values.QValues)
        {
            max = Math.Max(max, value);
        }

        return _values.QValues.IsEmpty ? 0 : max;
    }
}
