namespace QLearning.Learning.Rules;

/// <summary>
/// On-policy TD control: Q(S′, A′) of the action taken next (Sutton &amp; Barto, equation 6.7; Rummery and Niranjan 1994). Where an
/// episode was cut none is taken: then its expectation under the agent's policy, which SARSA's targets have as their mean
/// (van Seijen et al. 2009).
/// </summary>
/// <param name="type">The agent type.</param>
internal sealed class SarsaRule(AgentTypeInfo type) : ILearningRule
{
    private readonly ExpectedSarsaRule _expected = new(type);

    public string? Lacks(Transition transition) => transition.EndsEpisode || transition.NextAction is not null
        ? null
        : "it has no next action, which SARSA learns from";

    public double NextValue(QTable table, StateKey nextState, Transition transition) =>
        transition.NextAction is not { } next ? _expected.NextValue(table, nextState, transition)
        : table.TryGet(nextState, next.Key, out var entry) ? entry.QValue
        : 0;
}
