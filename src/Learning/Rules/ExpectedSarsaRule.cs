using System.Buffers;

namespace QLearning.Learning.Rules;

/// <summary>
/// The mean of Q(S′, a) over the probabilities with which the agent's policy, or else its type's, takes each action a in S′
/// (Sutton &amp; Barto, equation 6.9; van Seijen et al. 2009).
/// </summary>
internal sealed class ExpectedSarsaRule(AgentTypeInfo type) : ILearningRule
{
    private const int MaxOnStack = 64;

    private readonly NextActionValues _values = new();
    private readonly IExplorationPolicy _typePolicy = ExplorationPolicies.For(type, explorationRate: null);
    private (double ExplorationRate, IExplorationPolicy Policy)? _agentPolicy;

    public string? Lacks(Transition transition) => null;

    public double NextValue(QTable table, StateKey nextState, Transition transition)
    {
        _values.Collect(table, nextState, transition.NextActions);
        var qValues = _values.QValues;
        if (qValues.IsEmpty)
        {
            return 0;
        }

        var rented = qValues.Length > MaxOnStack ? ArrayPool<double>.Shared.Rent(qValues.Length) : null;
        var probabilities = rented is null ? stackalloc double[MaxOnStack] : rented;
        probabilities = probabilities[..qValues.Length];
        PolicyOf(transition).Probabilities(qValues, _values.Visits, probabilities);
        var mean = 0.0;
        for (var i = 0; i < qValues.Length; i++)
        {
            mean += probabilities[i] * qValues[i];
        }

        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return mean;
    }

    // Agents of a type decay alike, so the policy of the last one often serves the next.
    private IExplorationPolicy PolicyOf(Transition transition)
    {
        if (transition.ExplorationRate is not { } rate)
        {
            return _typePolicy;
        }

        if (_agentPolicy is not { } agent || agent.ExplorationRate != rate)
        {
            _agentPolicy = agent = (rate, ExplorationPolicies.For(type, rate));
        }

        return agent.Policy;
    }
}
