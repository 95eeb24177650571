namespace QLearning.Learning.Tests.Worlds;

/// <summary>The exact values of the cliff walk by value iteration, which shares no code with the learners.</summary>
internal sealed class CliffWalkValues
{
    private readonly double[,] _values = new double[CliffWalk.Start + 1, CliffWalk.ActionCount];
    private readonly double _explorationRate;

    /// <summary>The values of the best policy among those that take a random action with probability ε.</summary>
    /// <param name="discountFactor">γ, 0 to 1.</param>
    /// <param name="explorationRate">ε; 0: the best policy of all.</param>
    public CliffWalkValues(double discountFactor, double explorationRate = 0)
    {
        _explorationRate = explorationRate;
        double change;
        do
        {
            change = 0;
            foreach (var cell in CliffWalk.Cells)
            {
                for (var action = 0; action < CliffWalk.ActionCount; action++)
                {
                    var (next, reward, done) = CliffWalk.Step(cell, action);
                    var value = reward + (done ? 0 : discountFactor * OfCell(next));
                    change = Math.Max(change, Math.Abs(value - _values[cell, action]));
                    _values[cell, action] = value;
                }
            }
        }
        while (change > 1e-12);
    }

    /// <summary>The value of an action in a cell.</summary>
    public double this[int cell, int action] => _values[cell, action];

    /// <summary>The value of a cell under the policy.</summary>
    public double OfCell(int cell)
    {
        var actions = Enumerable.Range(0, CliffWalk.ActionCount).Select(action => _values[cell, action]).ToArray();
        return ((1 - _explorationRate) * actions.Max()) + (_explorationRate * actions.Average());
    }
}
