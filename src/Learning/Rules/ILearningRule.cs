namespace QLearning.Learning.Rules;

/// <summary>What tells one temporal-difference method from another: the value it gives to what follows a step.</summary>
internal interface ILearningRule
{
    /// <summary>Says what a transition lacks for this rule, or null when it has all.</summary>
    /// <param name="transition">The transition.</param>
    string? Lacks(Transition transition);

    /// <summary>The value of the next state, undiscounted; 0 for a state of which nothing is known.</summary>
    /// <param name="table">The Q-values.</param>
    /// <param name="nextState">The next state's key.</param>
    /// <param name="transition">A transition that is not done; a limit may have cut its episode.</param>
    double NextValue(QTable table, StateKey nextState, Transition transition);
}
